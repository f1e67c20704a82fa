"""The nouns of short links: values and pure decisions."""
