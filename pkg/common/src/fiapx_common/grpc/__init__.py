"""gRPC: servers, channels, and errors as statuses."""
