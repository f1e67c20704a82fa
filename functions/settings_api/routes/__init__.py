"""Routes of the settings API."""
