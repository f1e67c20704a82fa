"""Rows of responses in the table."""
