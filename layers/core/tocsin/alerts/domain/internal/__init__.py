"""Alerts that Tocsin sends by itself."""
