"""Connections to hosts that are named from outside, held to one deadline and one limit of bytes."""
