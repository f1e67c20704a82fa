"""Pages of API keys: the list, one key with what it may do and what hangs on it, a new one."""
