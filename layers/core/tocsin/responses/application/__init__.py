"""Use cases of responses, one per module."""
