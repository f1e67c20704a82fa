"""Processes provider events about messages, and replies of people."""
