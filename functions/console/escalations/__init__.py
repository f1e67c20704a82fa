"""Pages of stored escalations: alerts with steps that are kept to be sent, or to wait for a keyword."""
