"""What is done to a platform: a file for each kind of fault."""
