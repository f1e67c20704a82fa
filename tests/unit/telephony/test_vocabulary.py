"""The vocabulary: what is accepted, what is said about the rest, and that JSON Schema says the same."""

from __future__ import annotations

import functools
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.event_schemas import FOLDER, files
from tests.unit.telephony.event_documents import document, with_a_fault
from tocsin.kernel.domain.errors import FAULTS_LISTED
from tocsin.telephony.domain.event_data.schema import event_schema
from tocsin.telephony.domain.vocabulary import TYPES, data_faults, known_type, nearest_type, without_secrets

CALL: dict[str, Any] = {
    "callId": "a1",
    "direction": "incoming",
    "status": "missed",
    "from": {"number": "+447700900123", "name": "Ana"},
    "to": {"number": "+442079460000"},
    "line": "2010",
    "durationSeconds": 18,
}


def test_the_vocabulary_names_every_type() -> None:
    assert set(TYPES) == {
        "call.ended", "call.leg", "call.offered", "sip.registration", "sms.received", "sms.sent", "voicemail.received",
        "fax.received", "queue.call_lost", "queue.sla_breached", "queue.callback", "queue.callback_failed",
        "trunk.connected", "trunk.disconnected", "disk.low", "license.limited", "account.recharged", "emergency.call",
        "report.completed", "conference.invited", "user.created", "mention", "contact.assigned", "appointment.created",
        "appointment.updated", "appointment.cancelled", "appointment.assigned", "reminder.assigned",
        "integration.status", "billing.warning", "job.finished", "webhook.failed", "source.silent",
    }  # fmt: skip


def test_a_call_is_valid_and_new_fields_of_its_sender_do_not_matter() -> None:
    grown = {**CALL, "rtpStats": {"jitter": 3}, "from": {**CALL["from"], "verstat": "TN-Validation-Passed"}}

    assert data_faults("call.ended", CALL) == []
    assert data_faults("call.ended", grown) == []


@pytest.mark.parametrize(
    ("change", "pointer", "code", "said"),
    [
        ({"callId": ""}, "/callId", "TOO_SHORT", "1 to 128 characters"),
        ({"callId": 17}, "/callId", "WRONG_TYPE", "text"),
        ({"callId": "x" * 129}, "/callId", "TOO_LONG", "1 to 128 characters"),
        ({"status": "mised"}, "/status", "NOT_ALLOWED", "did you mean missed?"),
        ({"status": None}, "/status", "WRONG_TYPE", "one of answered"),
        ({"from": {"name": "Ana"}}, "/from/number", "REQUIRED", "1 to 64 characters"),
        ({"to": "2010"}, "/to", "WRONG_TYPE", "an object with number"),
        ({"line": "20 10"}, "/line", "WRONG_FORM", "without blanks"),
        ({"line": "2010\n"}, "/line", "WRONG_FORM", "without blanks"),
        ({"lines": "2010"}, "/lines", "WRONG_TYPE", "a list of 0 to 20 entries"),
        ({"lines": ["2010"] * 21}, "/lines", "TOO_MANY", "a list of 0 to 20 entries"),
        ({"lines": ["2010", ""]}, "/lines/1", "TOO_SHORT", "ASCII"),
        ({"groups": [{"id": "q", "type": "ringgroup"}]}, "/groups/0/type", "NOT_ALLOWED", "did you mean ring_group?"),
        ({"durationSeconds": -1}, "/durationSeconds", "OUT_OF_RANGE", "from 0 to 604800"),
        ({"durationSeconds": 604_801}, "/durationSeconds", "OUT_OF_RANGE", "from 0 to 604800"),
        ({"durationSeconds": 1.5}, "/durationSeconds", "WRONG_TYPE", "a whole number"),
        ({"durationSeconds": True}, "/durationSeconds", "WRONG_TYPE", "a whole number"),
        ({"talkSeconds": float("nan")}, "/talkSeconds", "WRONG_TYPE", "from 0 to 4294967295"),
        ({"transferred": "no"}, "/transferred", "WRONG_TYPE", "true or false"),
        ({"startedAt": "2026-11-21T10:00:18"}, "/startedAt", "WRONG_FORM", "with its offset"),
        ({"startedAt": "2026-02-30T10:00:18Z"}, "/startedAt", "WRONG_FORM", "RFC 3339"),
        ({"startedAt": 1_795_255_218}, "/startedAt", "WRONG_TYPE", "RFC 3339"),
        ({"recordingUrl": "javascript:alert(1)"}, "/recordingUrl", "WRONG_FORM", "https://"),
    ],
)
def test_a_fault_says_where_it_is_and_what_would_be_valid(
    change: dict[str, Any], pointer: str, code: str, said: str
) -> None:
    (fault,) = data_faults("call.ended", {**CALL, **change})

    assert (fault.pointer, fault.code) == (pointer, code)
    assert said in fault.message


@pytest.mark.parametrize("time", ["2026-11-21T10:00:18Z", "2026-11-21t10:00:18.1234567z", "2026-11-21T10:00:18-03:30"])
def test_a_time_is_rfc_3339(time: str) -> None:
    assert data_faults("call.ended", {**CALL, "startedAt": time}) == []
    assert schema_of("call.ended").is_valid({**CALL, "startedAt": time})


def test_every_fault_is_listed_up_to_a_hundred_and_one() -> None:
    assert [fault.pointer for fault in data_faults("call.ended", {})] == [
        "/callId", "/direction", "/status", "/from", "/to", "/durationSeconds"
    ]  # fmt: skip
    worst = {
        "lines": [""] * 20,
        "tags": [""] * 20,
        "groups": [{"type": 1, "name": 2}] * 20,
        "transfers": [{"at": 1}] * 20,
    }
    assert len(data_faults("call.ended", worst)) == FAULTS_LISTED + 1


def test_an_unknown_type_has_no_faults_and_a_neighbour() -> None:
    assert data_faults("call.endd", {"anything": [1]}) == []
    assert nearest_type("call.endd") == "call.ended"
    assert nearest_type("CALL.ENDED") == "call.ended"
    assert nearest_type("com.example.invoice") is None


def test_the_prefix_of_a_type_is_dropped_once() -> None:
    assert known_type("tocsin.call.ended") == "call.ended"
    assert known_type("call.ended") == "call.ended"
    assert known_type("tocsin.") == "tocsin."


def test_what_is_kept_has_no_secret_of_a_new_person() -> None:
    made = {"userId": "u1", "extensionPassword": "x", "userPassword": "y", "voicemailPin": "1234", "new": 1}

    assert without_secrets("user.created", made) == {"userId": "u1", "new": 1}
    assert without_secrets("call.ended", CALL) is CALL
    assert without_secrets("made.up", {"userPassword": "y"}) == {"userPassword": "y"}


@pytest.mark.parametrize(
    ("data", "valid"),
    [({"contactId": "c", "by": "api", "userId": None}, True), ({"contactId": "c", "by": "api", "userId": 1}, False)],
)
def test_a_contact_may_be_assigned_to_no_person(data: dict[str, Any], valid: bool) -> None:
    assert (data_faults("contact.assigned", data) == []) is valid


def test_an_appointment_is_cancelled_by_its_id_alone() -> None:
    assert data_faults("appointment.cancelled", {"appointment": {"id": "a"}}) == []
    assert [fault.pointer for fault in data_faults("appointment.created", {"appointment": {"id": "a"}})] == [
        "/appointment/title", "/appointment/startsAt", "/appointment/assigneeId"
    ]  # fmt: skip


@functools.cache
def schema_of(name: str) -> Any:
    return jsonschema_rs.validator_for(event_schema(TYPES[name]), validate_formats=True)


@pytest.mark.parametrize("name", TYPES)
def test_a_schema_is_json_schema(name: str) -> None:
    jsonschema_rs.meta.validate(event_schema(TYPES[name]))


@given(st.data())
@settings(max_examples=40)
def test_json_schema_agrees_with_the_validator_on_valid_data(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TYPES)))
    made = data.draw(document(TYPES[name].data))

    assert data_faults(name, made) == []
    assert schema_of(name).is_valid(made)


@given(st.data())
@settings(max_examples=50)
def test_json_schema_agrees_with_the_validator_on_odd_data(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TYPES)))
    made = data.draw(with_a_fault(TYPES[name].data))

    found = {fault.pointer for fault in data_faults(name, made)}
    assert schema_of(name).is_valid(made) is (not found)
    # "required" points at the object, and a fault of ours at the missing field
    theirs = {"".join(f"/{step}" for step in error.instance_path) for error in schema_of(name).iter_errors(made)}
    assert all(any(pointer.startswith(path) for pointer in found) for path in theirs)


@pytest.mark.deep
@given(st.data())
@settings(max_examples=5_000)
def test_json_schema_agrees_with_the_validator_on_much_odd_data(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TYPES)))
    made = data.draw(with_a_fault(TYPES[name].data))

    assert schema_of(name).is_valid(made) is (not data_faults(name, made))


def test_the_schemas_in_the_repository_are_current() -> None:
    kept = {path.name: path.read_text() for path in FOLDER.iterdir()}

    assert kept == files(), "run: make docs"
