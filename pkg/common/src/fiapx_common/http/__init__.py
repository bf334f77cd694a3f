"""HTTP: the server, problem+json, probes and metrics."""
