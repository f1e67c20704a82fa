"""Tocsin: telephony alerting and notification. Nouns in `domain`, verbs in `application`, vendors in `adapters`."""
