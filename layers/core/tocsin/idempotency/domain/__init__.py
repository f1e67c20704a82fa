"""The nouns of idempotency: values and pure decisions."""
