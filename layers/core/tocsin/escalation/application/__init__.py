"""The verbs of escalation: one module per use case."""
