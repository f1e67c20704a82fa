"""Rows of inboxes in the table."""
