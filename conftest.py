"""Every test may use the real servers and clips of pkg/testing."""

from hypothesis import settings

pytest_plugins = ["fiapx_testing.plugin"]

# No time limit per example: these machines are shared, and a slow one is no fault of the code.
settings.register_profile("shared machine", deadline=None, max_examples=50)
settings.load_profile("shared machine")
