"""Alerts that share a contact group and its answers."""
