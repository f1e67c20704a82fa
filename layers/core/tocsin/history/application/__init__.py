"""The verbs of history: one module per use case."""
