"""Nouns and pure decisions of integrations."""
