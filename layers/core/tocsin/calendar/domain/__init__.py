"""The nouns of calendar: values and pure decisions."""
