"""The operator's commands: tenants, API keys, numbers, suppressions and erasure."""
