"""The form of an event source: what stands in it, and what was typed into it."""

from __future__ import annotations

import json
from typing import Any

from console.visit import Form, whole_or_typed
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.telephony.application.manage_sources import MASK, told
from tocsin.telephony.domain.event_source import GENERIC, EventSource


def standing(source: EventSource) -> Form:
    """Return the form of a source as it stands. A signing key is never shown."""
    fields = told(source)
    values = {name: [str(fields[name] or "")] for name in ("name", "region", "zone", "settle_seconds", "refreshes")}
    values |= {"signature": [source.signature or ""], "expect_every": [fields["expect_every"]]}
    values["internal"] = ["\n".join(source.internal)]
    if source.kind == GENERIC:
        values["mapping"] = [json.dumps(fields["mapping"], indent=2, ensure_ascii=False)]
    if source.enabled:
        values["enabled"] = ["on"]
    return Form(values)


def body_of(form: Form, kind: str, before: EventSource | None = None) -> dict[str, Any]:
    """Return the settings of a source as the API takes them.

    Raises:
        InvalidRequest: the mapping is no JSON object.
    """
    seconds = form.get("settle_seconds") or "10"
    signature = form.get("signature") or None
    return {
        "name": " ".join(form.get("name").split()),
        "kind": kind,
        "region": form.get("region").upper() or None,
        "zone": form.get("zone") or "UTC",
        "internal": form.get("internal").replace(",", " ").split(),
        "settle_seconds": whole_or_typed(seconds),
        "refreshes": form.get("refreshes") or "auto",
        "mapping": _mapping(form.get("mapping")) if kind == GENERIC else None,
        "signature": signature,
        "signing_keys": _signing_keys(form, before) if signature else [],
        "expect_every": form.get("expect_every") or "auto",
        "enabled": before is None or form.ticked("enabled"),
    }


def _signing_keys(form: Form, before: EventSource | None) -> list[str]:
    """Return the key that was typed before the one that stands; without one, those that stand."""
    stand = [MASK] * (len(before.signing_keys) if before is not None else 0)
    return [form.get("signing_key"), *stand[:1]] if form.get("signing_key") else stand


def _mapping(text: str) -> Any:
    if not text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest([Fault("/mapping", "WRONG_FORM", "is no JSON")]) from error
    if not isinstance(found, dict):
        raise InvalidRequest([Fault("/mapping", "WRONG_TYPE", "must be a JSON object")])
    return found
