"""The nouns of the audit trail: values and pure decisions."""
