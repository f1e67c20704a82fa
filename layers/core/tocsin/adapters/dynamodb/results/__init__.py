"""Rows of results in the table."""
