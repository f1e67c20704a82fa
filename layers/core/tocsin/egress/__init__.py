"""Which URLs and addresses a client may make Tocsin connect to."""
