"""Programs that measures run beside themselves, so that neither takes the other's time."""
