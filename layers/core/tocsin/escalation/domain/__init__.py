"""The nouns of escalation: values and pure decisions."""
