"""The verbs of suppressions: one module per use case."""
