"""The verbs of idempotency: one module per use case."""
