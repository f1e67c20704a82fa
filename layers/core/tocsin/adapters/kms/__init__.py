"""Key Management Service: encryption of personal data at rest."""
