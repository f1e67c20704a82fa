"""Whether the keywords of a text may be used as its element asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.content.domain.lookups import LookupText, UnknownZone, compile_lookups
from tocsin.content.domain.options import LookupOptions


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
        return NO_LINK if "{shortlink}" in text else LookupText((text,) if text else ())
    try:
        compiled = compile_lookups(text, custom)
    except UnknownZone as error:
        return LookupFault("UNKNOWN_TIME_ZONE", f"holds a datetime keyword that {error}")
    if compiled.uses_shortlink and not asked.shortlink:
        return NO_LINK
    if compiled.unique and not asked.unique:
        return NOT_UNIQUE
    return compiled
