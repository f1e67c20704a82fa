"""Use cases of privacy, one per module."""
