"""We call the outside."""
