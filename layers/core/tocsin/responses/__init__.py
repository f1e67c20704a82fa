"""What people answered, and which message they meant."""
