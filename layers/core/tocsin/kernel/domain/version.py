"""Versions of resources: the ETag of one, and the `If-Match` of a call that depends on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tocsin.kernel.domain.errors import PreconditionFailed


def version_of(data: Mapping[str, Any]) -> str:
    """Return the version of a resource, as an ETag."""
    return f'"{hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]}"'


def check_version(if_match: str | None, data: Mapping[str, Any] | None) -> None:
    """Raise PreconditionFailed unless the resource (None: there is none) is in a version that If-Match names."""
    if if_match is None:
        return
    named = {each.strip() for each in if_match.split(",")}
    if data is None or not named & {"*", version_of(data)}:
        raise PreconditionFailed
