"""The use cases of planning, one per module."""
