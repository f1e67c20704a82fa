"""Rows of webhooks in the table."""
