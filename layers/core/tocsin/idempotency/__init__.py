"""Idempotency: a repeated call has one effect and gets the first answer."""
