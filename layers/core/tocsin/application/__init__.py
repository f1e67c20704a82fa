"""The verbs: one module per use case, and the ports they reach the world through."""
