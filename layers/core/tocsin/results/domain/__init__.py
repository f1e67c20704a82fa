"""The nouns of results: values and pure decisions."""
