"""What a client is told about its alerts: events, collected once."""
