"""Writes the generated part of `clients/` from docs/openapi.json: `make clients` (docs/adr/0091)."""
