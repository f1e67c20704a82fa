"""Rows of delivery in the table."""
