"""Whether the keywords of a text may be used as its element asks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from tocsin.contacts.domain.lookup_names import RESERVED
from tocsin.content.domain.lookups import LookupText, UnknownZone, compile_lookups, literal
from tocsin.content.domain.options import LookupOptions
from tocsin.kernel.domain.plain_text import composed
from tocsin.kernel.domain.suggestions import did_you_mean
from tocsin.kernel.domain.warnings import Warned, WarningCode

_BRACES = re.compile(r"\{([^{}]{1,200})\}")
_LIKE_A_NAME = re.compile(r"\s*\w[\w -]{0,63}\s*")
_STRAY_TOKEN = re.compile(r"[YMDH]|hh|SS")
_WARNED_OF = 5
_LOOKED_AT = 100
"""Names in braces, and known names that they are compared with. Comparing is slow, and a warning is a courtesy."""


@dataclass(frozen=True, slots=True)
class LookupFault:
    """What is wrong with a text: a stable word and a sentence that completes "the text …"."""

    code: str
    message: str


NO_LINK = LookupFault("SHORTLINK_MISSING", "holds `{shortlink}`, but the element has no `lookups` with a `shortlink`")
NOT_UNIQUE = LookupFault(
    "UNIQUE_LOOKUPS_MISSING",
    "holds a keyword that differs between recipients; say so with `uniqueLookups`, or with a `shortlink`",
)


def checked(text: str, asked: LookupOptions | None, custom: Collection[str]) -> LookupText | LookupFault:
    """Return the compiled text, or what is wrong with it.

    Args:
        asked: None = no lookups; a text with `{shortlink}` is then a fault.
        custom: lookup keys of the call's contacts, as far as they are known.
    """
    if asked is None:
        return NO_LINK if "{shortlink}" in text else literal(text)
    try:
        compiled = compile_lookups(text, custom)
    except UnknownZone as error:
        return LookupFault("UNKNOWN_TIME_ZONE", f"holds a datetime keyword that {error}")
    if compiled.uses_shortlink and not asked.shortlink:
        return NO_LINK
    if compiled.unique and not asked.unique:
        return NOT_UNIQUE
    return compiled


def placeholder_warnings(
    pointer: str, text: str, asked: LookupOptions | None, custom: Collection[str]
) -> tuple[Warned, ...]:
    """Return what in a text looks like a keyword and is sent as it stands; nothing if no lookups are asked for."""
    if asked is None:
        return ()
    found = dict.fromkeys(_near_keywords(composed(text), custom))
    return tuple(Warned(pointer, code, message) for code, message in list(found)[:_WARNED_OF])


def _near_keywords(text: str, custom: Collection[str]) -> Iterator[tuple[WarningCode, str]]:
    known = sorted({*(RESERVED - {"datetime"}), *custom})
    for match in islice(_BRACES.finditer(text), _LOOKED_AT):
        inner = match[1]
        if inner.startswith("datetime-"):
            if _STRAY_TOKEN.search(compile_lookups(match[0], ()).rest_of_form()):
                yield (
                    WarningCode.UNKNOWN_DATE_FORM,
                    "holds a date with letters that are sent as they stand; tokens are YYYY, MM, DD, HH, mm and ss",
                )
        elif inner not in known and _LIKE_A_NAME.fullmatch(inner):
            near = did_you_mean(inner.strip(), known[:_LOOKED_AT])
            meant = f"write `{{{near}}}`" if near else "no contact has a lookup of this name"
            yield WarningCode.UNKNOWN_PLACEHOLDER, f"holds a name in braces that is sent as it stands; {meant}"
