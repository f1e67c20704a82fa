"""What counts as blank in a request: forms and published samples fill what they do not use with ""."""

from __future__ import annotations


def is_blank(value: object) -> bool:
    """Whether it is a text of nothing but blanks."""
    return isinstance(value, str) and (not value or value.isspace())
