"""What a tenant may spend, how fast it may send, and to which countries."""
