"""Verbs that reach over several subjects: cancel, getinfo, setinfo."""
