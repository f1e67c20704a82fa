"""Rows of identity in the table."""
