"""What responses needs from outside."""
