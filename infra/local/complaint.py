"""The error that the local runner shows to its user."""

from __future__ import annotations


class Complaint(Exception):
    """A fault that the user can correct. Its text is shown as one line, without a traceback."""
