"""Ports of identity: tenants and keys, people and their sessions, the identity provider."""
