"""The nouns of webhooks: values and pure decisions."""
