"""Use cases of suppressions, one per module."""
