"""The settings API: people, roles and the directory, as resources."""
