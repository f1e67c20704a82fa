"""What an operator does that no client may: customers and their credentials."""
