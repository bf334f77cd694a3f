"""The outside calls us."""
