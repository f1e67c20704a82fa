"""A name can be seen: what is made of blanks and invisible characters alone is no name, wherever one is written."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tocsin.entrypoint.alert_body import words
from tocsin.entrypoint.directory_body import shapes

FIELDS: dict[str, Any] = {
    "of a store": words.Name,
    "of an alert": words.Title,
    "of a mailbox": words.MailName,
    "of a short link": words.ShortlinkReference,
    "of a person, group or company": shapes.Name,
    "of a contact": shapes.ContactId,
    "of a line": shapes.Extension,
    "of a line, elsewhere": shapes.Alias,
}
KEYS = ("of a person, group or company", "of a contact", "of a line", "of a line, elsewhere")
INVISIBLE = [char for char in map(chr, range(sys.maxunicode)) if unicodedata.category(char) == "Cf"]
SHOWN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]|[^\u0000-\uffff]")
"""Format characters that are drawn, and those beyond the plane that every pattern language knows."""

LOOK_BLANK = ["\u3164", "\u2800", "\u115f", "\u034f", "\ufe0f", "\u00a0", "\u2003"]


@pytest.mark.parametrize("field", FIELDS)
def test_a_name_that_cannot_be_seen_is_refused(field: str) -> None:
    adapter = TypeAdapter(FIELDS[field])
    unseen = INVISIBLE if field in KEYS else [char for char in INVISIBLE if not SHOWN.fullmatch(char)]
    for char in [*unseen, *LOOK_BLANK]:
        for text in (char, f" {char}", char * 3):
            with pytest.raises(ValidationError):
                adapter.validate_python(text)


@pytest.mark.parametrize("field", KEYS)
def test_invisible_characters_make_no_other_name(field: str) -> None:
    adapter = TypeAdapter(FIELDS[field])
    for char in INVISIBLE:
        try:
            taken = adapter.validate_python(f"20{char}10")
        except ValidationError:
            continue
        assert taken == "2010", f"U+{ord(char):04X}"
