"""Amazon Connect, as a provider of calls."""
