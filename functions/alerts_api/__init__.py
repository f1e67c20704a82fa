"""The alerts API: every apiKey verb, and sent alerts as resources."""
