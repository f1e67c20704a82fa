"""Simple Notification Service, as a provider of text messages."""
