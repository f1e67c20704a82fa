"""Links in messages, and who follows them."""
