"""Composition of integrations and their alerts."""
