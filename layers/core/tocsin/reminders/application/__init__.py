"""Use cases of appointments and reminders."""
