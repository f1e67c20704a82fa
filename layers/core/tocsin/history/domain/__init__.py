"""The nouns of history: values and pure decisions."""
