"""Alerts that are sent later, again and again."""
