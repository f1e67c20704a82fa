"""The nouns of notices: values and pure decisions."""
