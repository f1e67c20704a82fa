"""The nouns of responses: values and pure decisions."""
