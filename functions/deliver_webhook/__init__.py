"""Callbacks: each event of an alert, posted to where its client asked for it."""
