"""Rows of alerts in the table."""
