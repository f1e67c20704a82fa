"""The nouns of timers: values and pure decisions."""
