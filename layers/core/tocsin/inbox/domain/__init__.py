"""Nouns and pure decisions of inbox."""
