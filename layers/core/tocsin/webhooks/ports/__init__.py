"""What webhooks needs from outside."""
