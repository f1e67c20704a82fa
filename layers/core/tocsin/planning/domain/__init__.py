"""The values and pure decisions of planning."""
