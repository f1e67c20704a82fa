"""The verbs of signing in: one module per use case."""
