"""Addresses that must not be contacted, and the words that put them there."""
