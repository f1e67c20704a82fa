"""The verbs of short links: one module per use case."""
