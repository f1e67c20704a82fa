"""The nouns of egress: values and pure decisions."""
