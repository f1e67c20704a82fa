"""What the runner says when it cannot go on."""

from __future__ import annotations


class Complaint(Exception):
    """Something the user can mend. Its text is the whole message: one readable line, no traceback."""
