"""Mails that people send, from the object store and out of MIME."""
