"""Ports of alert rules."""
