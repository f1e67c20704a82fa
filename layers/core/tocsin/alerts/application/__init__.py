"""The use cases of alerts, one per module."""
