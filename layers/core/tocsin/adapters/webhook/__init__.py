"""Webhooks over HTTPS to URLs that customers name."""
