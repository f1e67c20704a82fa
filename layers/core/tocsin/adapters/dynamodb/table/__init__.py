"""The table itself: client, keys, sealing, batches, transactions, indexes."""
