"""The nouns of voice: values and pure decisions."""
