"""What is deployed, each thing said once. People read and edit the YAML here; `make template` makes the templates."""
