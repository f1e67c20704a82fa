"""Composition of what people chose, and of what they are told."""
