"""The nouns of inbound: values and pure decisions."""
