"""The verbs of linked alerts: one module per use case."""
