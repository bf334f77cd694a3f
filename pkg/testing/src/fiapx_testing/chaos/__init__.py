"""Faults at random against a whole platform, and the proof that nothing was lost: `python -m fiapx_testing.chaos`."""
