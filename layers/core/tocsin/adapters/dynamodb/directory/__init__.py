"""Rows of the directory in the table."""
