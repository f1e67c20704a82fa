"""Serves the short links in messages."""
