"""The nouns of kernel: values and pure decisions."""
