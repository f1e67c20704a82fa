"""The verbs of responses: one module per use case."""
