"""Ports of signing in: counts of attempts, managed login, and mails to one person."""
