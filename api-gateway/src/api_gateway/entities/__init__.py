"""What is true on paper."""
