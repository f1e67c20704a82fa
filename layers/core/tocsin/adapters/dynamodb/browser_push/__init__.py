"""Rows of browsers that are pushed to."""
