"""The nouns of linked alerts: values and pure decisions."""
