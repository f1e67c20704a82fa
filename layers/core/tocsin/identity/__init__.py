"""Tenants and their API keys: who calls, what they may do and spend."""
