"""The verbs of inbound: one module per use case."""
