"""Nouns and pure decisions of reminders."""
