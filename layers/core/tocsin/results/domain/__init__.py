"""The values and pure decisions of results."""
