"""What a tenant may spend, how fast, and where to."""
