"""The verbs of webhooks: one module per use case."""
