"""Versions of things: the ETag, the `If-Match` of a call, and the merge of a patch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tocsin.kernel.domain.errors import PreconditionFailed


class Versioned(Protocol):
    """A thing that has versions."""

    @property
    def version(self) -> int:
        """How often it was written."""


def etag(thing: Versioned) -> str:
    """Return the ETag of a thing. When a person was last seen does not count."""
    return f'"{thing.version}"'


def check_match(if_match: str | None, thing: Versioned | None) -> None:
    """Raise PreconditionFailed unless `If-Match` (None = any) names the version of a thing (None: there is none)."""
    if if_match is None:
        return
    if thing is None or not {"*", etag(thing)} & {each.strip() for each in if_match.split(",")}:
        raise PreconditionFailed


def merged(present: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object after a JSON merge patch (RFC 7396): null removes, objects are merged, all else replaces."""
    result = dict(present)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            inside = result.get(name)
            result[name] = merged(inside if isinstance(inside, Mapping) else {}, value)
        else:
            result[name] = value
    return result
