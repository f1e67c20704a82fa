"""Pages of event sources: the list, a new one, its text to paste, its secret, and its last payloads."""
