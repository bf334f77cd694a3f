"""Videos, uploads, outcomes."""
