"""Processes provider events about messages."""
