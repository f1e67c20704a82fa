"""Composition of appointments and reminders."""
