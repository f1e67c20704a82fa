"""Delivers the messages of accepted alerts: claim, submission to a provider, receipts, retries, repair."""
