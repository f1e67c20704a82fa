"""The values and pure decisions of history."""
