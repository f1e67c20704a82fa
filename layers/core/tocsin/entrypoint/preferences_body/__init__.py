"""Bodies and answers of notification settings."""
