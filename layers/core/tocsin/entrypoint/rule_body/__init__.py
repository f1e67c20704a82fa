"""Request bodies of alert rules."""
