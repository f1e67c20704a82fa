"""The nouns of stored content: values and pure decisions."""
