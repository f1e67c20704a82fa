"""The nouns of delivery: values and pure decisions."""
