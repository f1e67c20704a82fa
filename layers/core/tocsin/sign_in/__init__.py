"""Signing in: how people prove who they are, and what is asked of them before a session opens."""
