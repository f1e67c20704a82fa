"""Nouns and pure decisions of reports."""
