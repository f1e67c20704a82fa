"""Rows of calls in the table."""
