"""The nouns of identity: values and pure decisions."""
