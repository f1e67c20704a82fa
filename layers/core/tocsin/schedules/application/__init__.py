"""The verbs of schedules: one module per use case."""
