"""One mail per outcome."""
