"""Rows of telephony events in the table."""
