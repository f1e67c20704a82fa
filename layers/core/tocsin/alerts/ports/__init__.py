"""The ports of alerts."""
