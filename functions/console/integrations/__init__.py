"""Pages of integrations, their incidents, and who is told."""
