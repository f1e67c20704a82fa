"""How rules run for events."""
