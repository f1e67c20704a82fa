"""Connections to other systems: whether they work, and who is told when one does not."""
