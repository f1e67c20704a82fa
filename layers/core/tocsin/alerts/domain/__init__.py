"""The values and pure decisions of alerts."""
