"""The verbs of kernel: one module per use case."""
