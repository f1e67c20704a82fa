"""What is done with tenant mail."""
