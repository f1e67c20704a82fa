"""Notices and mails about an account."""
