"""Ports of responses: what the subject needs from outside."""
