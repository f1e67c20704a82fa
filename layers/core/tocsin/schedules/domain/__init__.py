"""The nouns of schedules: values and pure decisions."""
