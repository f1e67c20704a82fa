"""Payloads as vendors send them, and the events that they tell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tocsin.kernel.domain.wire_time import wire_time
from tocsin.telephony.domain.mappings.compiler import compiled
from tocsin.telephony.domain.mappings.conversions import SourceSettings
from tocsin.telephony.domain.mappings.mapping import MappedPayload
from tocsin.telephony.domain.mappings.shipped import SHIPPED
from tocsin.telephony.domain.mappings.vendors.example import EXAMPLE

CORPUS = Path(__file__).parent / "corpus"
RECEIVED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONDON = SourceSettings("GB", ZoneInfo("Europe/London"))
MAPPINGS = {**SHIPPED, "generic": compiled(EXAMPLE)}


def told(kind: str, payload: Any, settings: SourceSettings = LONDON) -> MappedPayload:
    return MAPPINGS[kind].read(payload, settings, RECEIVED, lambda type, data: ())


def written(mapped: MappedPayload) -> list[Mapping[str, Any]]:
    return [
        {"type": one.type, "id": one.id, "time": wire_time(one.time), "data": dict(one.data)} for one in mapped.events
    ]


def payloads() -> Iterator[tuple[str, str, Any]]:
    for path in sorted(CORPUS.glob("*/*.json")):
        if not path.name.endswith(".events.json"):
            yield path.parent.name, path.stem, json.loads(path.read_text())


CASES = [pytest.param(kind, name, payload, id=f"{kind}-{name}") for kind, name, payload in payloads()]


@pytest.mark.parametrize(("kind", "name", "payload"), CASES)
def test_al_2_a_vendors_payload_tells_these_events(kind: str, name: str, payload: Any) -> None:
    expected = json.loads((CORPUS / kind / f"{name}.events.json").read_text())

    assert written(told(kind, payload)) == expected


def test_every_kind_of_source_has_payloads() -> None:
    assert {kind for kind, _, _ in payloads()} == set(MAPPINGS)
