"""Ports of notices: the notices themselves, and the owners of keys."""
