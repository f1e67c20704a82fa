"""The verbs of stored content: one module per use case."""
