"""Composition of tenant mail."""
