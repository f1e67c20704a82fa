"""The verbs of alerts: one module per use case."""
