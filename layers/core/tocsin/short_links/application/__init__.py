"""Use cases of short links, one per module."""
