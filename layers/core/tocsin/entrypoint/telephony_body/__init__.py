"""Bodies of event sources and telephony events, and their operations."""
