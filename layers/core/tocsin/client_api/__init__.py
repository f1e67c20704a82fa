"""Calls that change several subjects: cancel, setinfo."""
