"""Processes texts that people send."""
