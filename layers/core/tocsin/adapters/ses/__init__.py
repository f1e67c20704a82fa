"""Simple Email Service, version 2 of its API."""
