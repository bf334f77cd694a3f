"""Users, sessions and signing keys."""
