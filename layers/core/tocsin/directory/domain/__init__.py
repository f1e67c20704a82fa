"""The nouns of the directory: values and pure decisions."""
