"""What clients send and read of appointments."""
