"""Use cases of webhooks, one per module."""
