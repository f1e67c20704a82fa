"""The voice worker: it processes the dispatch jobs of the voice queues, and makes calls."""
