"""`%%NAME%%` in texts that people write: each is replaced once, and a value is never read for placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAMES = frozenset({
    "CALLER_NAME", "CALLER_NUMBER", "LINE", "GROUP", "DIRECTION", "STATUS", "DURATION", "DATE_TIME", "RULE_NAME",
    "TRIGGER", "URL",
})  # fmt: skip
"""Placeholders of rules. One that has no value in an event becomes nothing; any other name stays as it is written."""

_PLACEHOLDER = re.compile(r"%%([A-Z][A-Z0-9_]{0,63})%%")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders replaced."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], "") if found[1] in NAMES else found[0], text)


def filled_line(text: str, values: Mapping[str, str], most: int) -> str:
    """Return the same as one line of at most so many characters: no value brings a line break into a header."""
    return shortened(_BREAKS.sub(" ", filled(text, values)), most)


def unknown_names(text: str) -> list[str]:
    """Return the names of placeholders that rules do not have, each once, in order."""
    return list(dict.fromkeys(name for name in _PLACEHOLDER.findall(text) if name not in NAMES))


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; what is cut is shown by `…`."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
