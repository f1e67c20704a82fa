"""Forgetting one person everywhere."""
