"""Alerts: the request, its preparation, and its acceptance."""
