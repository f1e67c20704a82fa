"""Simple Queue Service: the way from acceptance to the workers."""
