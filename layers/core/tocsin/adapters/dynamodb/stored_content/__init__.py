"""Rows of stored content in the table."""
