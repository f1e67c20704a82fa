"""Queues: batches, workers and what they count."""
