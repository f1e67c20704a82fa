"""Composition of pushes to browsers."""
