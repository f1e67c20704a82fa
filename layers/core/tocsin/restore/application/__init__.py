"""Use cases of restore, one per module."""
