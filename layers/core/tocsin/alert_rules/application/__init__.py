"""The use cases of alert rules."""
