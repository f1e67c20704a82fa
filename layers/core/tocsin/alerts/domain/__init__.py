"""The nouns of alerts: values and pure decisions."""
