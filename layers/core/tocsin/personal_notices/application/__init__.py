"""Use cases of personal notices."""
