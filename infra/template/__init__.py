"""The sources of the templates. People edit the YAML here; `make template` makes the templates."""
