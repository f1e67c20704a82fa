"""Pages of notification settings."""
