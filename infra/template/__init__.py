"""The sources of the CloudFormation templates. Edit the YAML here; `make template` writes the templates."""
