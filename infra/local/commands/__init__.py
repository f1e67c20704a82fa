"""Commands for the running engine: what `make reply`, `make key` and `make operate` do."""
