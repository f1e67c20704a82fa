"""Processes telephony events: calls of the API, and entries of the event bus."""
