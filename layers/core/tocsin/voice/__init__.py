"""What a call says, what it asks for, and what it came to."""
