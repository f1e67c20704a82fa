"""The nouns of privacy: values and pure decisions."""
