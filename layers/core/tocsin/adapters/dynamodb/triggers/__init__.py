"""Rows of triggers in the table."""
