"""Short links in messages, and the visits to them."""
