"""The verbs of triggers: one module per use case."""
