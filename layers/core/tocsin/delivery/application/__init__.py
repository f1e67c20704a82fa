"""The verbs of delivery: one module per use case."""
