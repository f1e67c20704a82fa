"""What is done to a sent alert: the routes, and their description."""
