"""Inbound mail: read from the object store and parsed from MIME."""
