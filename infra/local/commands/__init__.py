"""Commands for the running engine: `make reply`, `make key`, `make operate` and `make env`."""
