"""The use cases of history, one per module."""
