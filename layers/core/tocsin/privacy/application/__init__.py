"""The verbs of privacy: one module per use case."""
