"""The verbs of limits: one module per use case."""
