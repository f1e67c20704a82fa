"""What alerts needs from outside."""
