"""The nouns of limits: values and pure decisions."""
