"""Ports of webhooks: what the subject needs from outside."""
