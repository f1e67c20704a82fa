"""Timers: something is due at an instant. A row says what, a queue message wakes up a worker."""
