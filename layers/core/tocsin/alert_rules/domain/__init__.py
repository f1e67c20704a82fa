"""What alert rules are, and what they decide."""
