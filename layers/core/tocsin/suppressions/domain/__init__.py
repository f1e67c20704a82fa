"""The nouns of suppressions: values and pure decisions."""
