"""Routes of notices to people."""
