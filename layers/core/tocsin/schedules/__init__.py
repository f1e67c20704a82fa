"""Stored alerts that are sent later, once or repeatedly."""
