"""The nouns of contacts: values and pure decisions."""
