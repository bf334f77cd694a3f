"""The local stack: real servers and the services under a supervisor, without containers."""
