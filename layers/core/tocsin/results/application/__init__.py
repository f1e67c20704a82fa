"""The use cases of results, one per module."""
