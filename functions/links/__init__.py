"""Short links: what people tap in a message."""
