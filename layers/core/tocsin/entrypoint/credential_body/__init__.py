"""Bodies and operations of credentials: personal tokens and API keys."""
