"""The SMS worker: orders from the SMS queues become text messages at a carrier."""
