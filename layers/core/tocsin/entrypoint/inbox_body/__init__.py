"""Inboxes and browsers as calls and answers have them, and their operations."""
