"""The verbs of results: one module per use case."""
