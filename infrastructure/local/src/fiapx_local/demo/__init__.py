"""`make demo`: a real film through the public API."""
