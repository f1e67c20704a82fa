"""Nouns and pure decisions of preferences."""
