"""The verbs of identity: one module per use case."""
