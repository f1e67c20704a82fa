"""The nouns of planning: values and pure decisions."""
