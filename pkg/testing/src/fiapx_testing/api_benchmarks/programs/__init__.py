"""Programs of their own."""
