"""The nouns of triggers: values and pure decisions."""
