"""Use cases of preferences."""
