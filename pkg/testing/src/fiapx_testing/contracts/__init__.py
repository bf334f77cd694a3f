"""What clients and services rely on, written down: the OpenAPI document and the events."""
