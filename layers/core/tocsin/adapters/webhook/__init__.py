"""Outgoing HTTP to receivers that customers name."""
