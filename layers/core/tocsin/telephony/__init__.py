"""Telephony events: what a telephone system tells, whatever system it is, in one form."""
