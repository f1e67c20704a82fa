"""What calls are."""
