"""Rows of personal notices in the table."""
