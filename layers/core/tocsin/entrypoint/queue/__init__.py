"""Queues: batches, workers and their metrics."""
