"""The nouns of content: values and pure decisions."""
