"""Addresses that must not be contacted, and the carrier keywords STOP, START and HELP."""
