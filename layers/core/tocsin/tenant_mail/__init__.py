"""Tenant mail: an account's own mail server and words, and who is mailed about events of the telephone system."""
