"""The outside calls us: events and RPCs."""
