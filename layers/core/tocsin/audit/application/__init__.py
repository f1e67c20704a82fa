"""The use cases of the audit trail."""
