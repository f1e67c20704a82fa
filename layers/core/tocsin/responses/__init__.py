"""Responses of people, and the messages that they answer."""
