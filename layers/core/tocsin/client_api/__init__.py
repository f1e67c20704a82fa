"""Verbs that reach over several subjects: cancel, setinfo."""
