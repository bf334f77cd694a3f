"""What is measured, each a process of its own that imports nothing that it does not need."""
