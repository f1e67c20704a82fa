"""Mails by an account's own SMTP server."""
