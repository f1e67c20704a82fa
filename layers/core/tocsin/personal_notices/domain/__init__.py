"""Nouns and pure decisions of personal notices."""
