"""The nouns of signing in: values and pure decisions."""
