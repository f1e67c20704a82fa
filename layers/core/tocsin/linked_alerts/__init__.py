"""Alerts that share an address book and its answers."""
