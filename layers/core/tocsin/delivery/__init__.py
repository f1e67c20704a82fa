"""Each message from claim to last evidence: dispatch, channels, receipts, repair."""
