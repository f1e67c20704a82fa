"""The verbs of timers: one module per use case."""
