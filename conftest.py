"""Every test may use the real servers and clips of pkg/testing."""

pytest_plugins = ["fiapx_testing.plugin"]
