"""Real servers, real clips and fault proxies for tests."""
