"""Commands for the running engine: `make reply`, `make click`, `make key`, `make operate` and `make env`."""
