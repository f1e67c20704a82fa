"""Processes mails that people send."""
