"""Pushes to the browsers of people, encrypted for each (RFC 8291)."""
