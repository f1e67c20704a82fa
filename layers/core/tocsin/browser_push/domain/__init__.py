"""Nouns and pure decisions of browser push."""
