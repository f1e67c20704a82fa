"""EventBridge: the bus that takes results."""
