"""The SMS worker: it processes the dispatch jobs of the SMS queues and submits text messages to a provider."""
