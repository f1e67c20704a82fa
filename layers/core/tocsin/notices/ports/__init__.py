"""What notices needs from outside."""
