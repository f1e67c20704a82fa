"""Telephony events as calls and answers have them."""
