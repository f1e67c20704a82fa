"""Content kept for later calls, by id or name."""
