"""The use cases of delivery, one per module."""
