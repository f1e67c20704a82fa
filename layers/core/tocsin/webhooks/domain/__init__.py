"""Values and pure decisions of webhooks."""
