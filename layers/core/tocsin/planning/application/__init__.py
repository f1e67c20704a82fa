"""The verbs of planning: one module per use case."""
