"""What the owner of a key is told about the account."""
