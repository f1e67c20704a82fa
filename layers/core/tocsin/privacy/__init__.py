"""Erasing one person's data everywhere."""
