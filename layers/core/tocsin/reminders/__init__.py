"""Appointments, and the reminders of them."""
