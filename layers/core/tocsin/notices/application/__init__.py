"""The verbs of notices: one module per use case."""
