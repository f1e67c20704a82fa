"""A source's payload: who sent it, which events it tells, and what the samples say of it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeEventRows, FakeEventSources, FakeOwedEvents, FakeSourceSamples
from tests.fakes.time import NOON, VirtualClock
from tocsin.kernel.domain.errors import InvalidRequest, StorageUnavailable, Unauthorized
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.application.take_payload import TakePayload, secret_hash
from tocsin.telephony.domain.event_source import EventSource, tenant_of
from tocsin.telephony.domain.events_answer import EventsAnswer
from tocsin.telephony.domain.request_signatures import SignedRequest, form_signature
from tocsin.telephony.domain.stored_event import EventDecision
from tocsin.telephony.ports.source_samples import LONGEST_SAMPLE, SampledEvent, SourceSample

ACME = TenantId("acme")
ID = "acme-abcd1234"
SECRET = "s3cret"
URL = f"https://api.example/events/{ID}"
MAPPING: dict[str, Any] = {
    "emit": [
        {
            "type": "trunk.connected",
            "when": {"kind": "up"},
            "id": [{"at": "n"}],
            "time": {"at": "at", "as": "epoch"},
            "data": {"trunk": {"at": "trunk"}},
        },
        {"type": "sip.registration", "when": {"kind": "phone"}, "data": {"line": {"at": "line"}, "event": "seen"}},
    ]
}
NOW = int(NOON.timestamp())
UP = {"kind": "up", "n": 7, "at": NOW - 60, "trunk": "t1"}


class Door:
    """The use case over fakes, with one source."""

    def __init__(self, **more: Any) -> None:
        self.rows, self.samples, self.sources = FakeEventRows(), FakeSourceSamples(), FakeEventSources()
        sealer, clock = FakeSealer(), VirtualClock()
        hashes = (secret_hash(sealer, ACME, ID, SECRET), secret_hash(sealer, ACME, ID, "older"))
        plain = EventSource(ACME, ID, "PBX", "generic", "GB", mapping=MAPPING, secret_hashes=hashes)
        self.sources.add(replace(plain, **more))
        ingest = IngestEvents(self.rows, FakeOwedEvents(), lambda tenant, event: EventDecision(), clock)
        self.take = TakePayload(self.sources, self.samples, ingest, sealer, clock, SeededRandomness())

    def __call__(
        self, payload: Any, headers: Mapping[str, str] | None = None, url: str = f"{URL}?token={SECRET}", id: str = ID
    ) -> EventsAnswer:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.take(id, SignedRequest(url, {"content-type": "application/json", **(headers or {})}, body))

    @property
    def ids(self) -> list[tuple[str, str]]:
        return [(each.event.source, each.event.id) for each in self.rows.kept.values()]

    @property
    def last(self) -> list[SourceSample]:
        return list(self.samples.last(ACME, ID, NOON))


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ({}, f"{URL}?token={SECRET}"),
        ({}, f"{URL}?uuid=1&token=older"),
        ({"x-api-key": SECRET}, URL),
        (basic(ID, SECRET), URL),
    ],
)
def test_al_events_a_source_proves_itself_by_one_of_its_secrets(headers: dict[str, str], url: str) -> None:
    door = Door()
    assert door(UP, headers, url).body()["accepted"] == 1
    assert door.ids == [(ID, "7")]


@pytest.mark.parametrize(
    ("headers", "url", "id"),
    [
        ({}, URL, ID),
        ({}, f"{URL}?token=wrong", ID),
        (basic("acme-abcd1235", SECRET), f"{URL}?token={SECRET}", ID),
        ({}, f"{URL}?token={SECRET}", "acme-abcd1235"),
        ({}, f"{URL}?token={SECRET}", "other-abcd1234"),
        ({}, f"{URL}?token={SECRET}", "Acme"),
    ],
)
def test_decided_3_18_an_unknown_source_and_a_wrong_secret_are_refused_alike(
    headers: dict[str, str], url: str, id: str
) -> None:
    door = Door()
    with pytest.raises(Unauthorized):
        door(UP, headers, url, id)
    assert door.ids == []
    assert door.last == []


def test_a_disabled_source_is_refused() -> None:
    with pytest.raises(Unauthorized):
        Door(enabled=False)(UP)


def test_a_signature_of_the_vendor_stands_for_the_secret() -> None:
    door = Door(kind="twilio", mapping=None, signature="twilio", signing_keys=("new", "old"))
    form = {"MessageSid": "SM1", "SmsStatus": "received", "From": "+447700900123", "To": "+447700900001", "Body": "hi"}
    fields = {name: [value] for name, value in form.items()}
    signed = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": form_signature("old", URL, fields),
    }
    answer = door(urlencode(form).encode(), signed, URL)
    assert answer.body()["accepted"] == 1, answer.body()
    assert [each.event.type for each in door.rows.kept.values()] == ["sms.received"]
    with pytest.raises(Unauthorized):
        door(urlencode({**form, "Body": "other"}).encode(), signed, URL)


def test_samples_say_what_became_of_each_payload_and_why_nothing_did() -> None:
    door = Door()
    future = {**UP, "n": 8, "at": NOW + 3_600}
    payloads = [UP, {"kind": "?"}, {**UP, "n": None}, future, {"kind": "phone", "line": "2001"}, UP]
    answer = door(payloads)
    assert [status.value for _, status in answer.items] == ["accepted", "refused", "accepted", "duplicate"]
    said = {json.loads(each.payload).get("n", "-"): each for each in door.last}
    assert len(door.last) == 6
    assert said[None].reason == "id_missing"
    assert said[8].reason == "TIME_IN_FUTURE"
    assert said[8].events == (SampledEvent("trunk.connected", None, "refused"),)
    by_reason = sorted(str(each.reason) for each in door.last)
    assert by_reason == ["None", "None", "None", "TIME_IN_FUTURE", "condition_not_met:kind", "id_missing"]
    (first,) = (each for each in door.last if [event.status for event in each.events] == ["accepted"] and "up" in each.payload)  # fmt: skip
    assert first.events[0].event_id in {name for _, name in door.rows.kept}


def test_a_payload_that_comes_again_is_the_same_event() -> None:
    door = Door()
    door(UP)
    assert door(UP).body()["duplicates"] == 1
    assert len(door.ids) == 1


def test_a_body_that_cannot_be_parsed_is_refused_and_seen_in_the_samples() -> None:
    door = Door()
    with pytest.raises(InvalidRequest):
        door(b"\xff{" + b"x" * LONGEST_SAMPLE)
    (sample,) = door.last
    assert (sample.reason, sample.events, len(sample.payload)) == ("BAD_ENCODING", (), LONGEST_SAMPLE)


def test_events_stand_though_samples_are_lost() -> None:
    door = Door()
    door.samples.outage.failing = 1
    assert door(UP).body()["accepted"] == 1
    assert door.ids == [(ID, "7")]


def test_events_that_are_not_stored_are_not_answered_for() -> None:
    door = Door()
    door.rows.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        door(UP)
    assert door.last == []


def test_a_native_source_sends_cloudevents_in_every_mode() -> None:
    door = Door(kind="native", mapping=None)
    event = {"specversion": "1.0", "source": "sip", "type": "trunk.connected", "time": NOON.isoformat()}
    data = {"trunk": "t1"}
    door({**event, "id": "one", "data": data})
    door([{**event, "id": f"batch {n}", "data": data} for n in range(30)])
    binary = {f"ce-{name}": value for name, value in {**event, "id": "binary"}.items()}
    answer = door(data, binary)
    assert answer.body()["accepted"] == 1
    assert len(door.ids) == 32
    assert ("sip", "binary") in door.ids
    assert len(door.last) == 20
    door([{**event, "id": "one", "data": data}, {"type": 7}])
    (refused,) = (each for each in door.last if each.payload == '{"type": 7}')
    assert (refused.reason, refused.events) == ("REQUIRED", (SampledEvent("7", None, "refused"),))


def test_500_payloads_that_tell_two_events_each_are_taken() -> None:
    both = {"emit": [{**MAPPING["emit"][0], "id": [{"at": "n"}, {"at": name}]} for name in ("kind", "trunk")]}
    door = Door(mapping=both)
    assert door([{**UP, "n": n} for n in range(500)]).body()["accepted"] == 1_000
    assert len(door.ids) == 1_000


@pytest.mark.parametrize("id", ["", "acme", "acme-", "acme-abcd123", "acme-abcd12345", "ac-abcd1234", "acme-ABCD1234", "acme-abcd1234\n"])  # fmt: skip
def test_what_is_no_id_of_a_source_names_no_tenant(id: str) -> None:
    assert tenant_of(id) is None
    assert tenant_of(ID) == ACME


def test_a_third_secret_retires_the_oldest() -> None:
    source = EventSource(ACME, ID, "PBX", "freeswitch")
    assert source.with_secret("a").with_secret("b").with_secret("c").secret_hashes == ("c", "b")
