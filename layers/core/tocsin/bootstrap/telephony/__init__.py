"""Composition of how telephony events come in, and of what they bring about."""
