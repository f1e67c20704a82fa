"""The verbs of client api: one module per use case."""
