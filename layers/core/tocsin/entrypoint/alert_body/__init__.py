"""The body of an alert as it travels and as it is stored: read by the API, and again when a stored one is sent."""
