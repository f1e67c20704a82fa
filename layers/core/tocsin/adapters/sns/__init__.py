"""Simple Notification Service, as a carrier of text messages."""
