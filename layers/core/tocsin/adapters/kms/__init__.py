"""Key Management Service: what is written down is written down sealed."""
