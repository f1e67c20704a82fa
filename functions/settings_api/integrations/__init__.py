"""Routes of integrations, and of who is told when one does not work."""
