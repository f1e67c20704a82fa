"""What messages and webhooks of a rule say."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, a_rule, a_trigger, an_event
from tocsin.alert_rules.domain.actions import EmailAction, SmsAction
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.payload import flattened, get_url, payload
from tocsin.alert_rules.domain.placeholders import NAMES as PLACEHOLDERS
from tocsin.alert_rules.domain.placeholders import filled, filled_line, unknown_names
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.domain.words import Told, body, digest_body, subject, text

LONDON = ZoneInfo("Europe/London")
OURS = AccountNames(
    lines=NAMES.lines,
    groups=NAMES.groups,
    owners={"l3": "u1"},
    extensions={"l3": "2003"},
    group_names={"g1": "Support"},
)
CALLS = a_rule(RuleType.CALL, a_trigger("t1"), a_trigger("t2"), name="Missed calls")
PHONES = a_rule(RuleType.SIP, a_trigger(lines=["l3"], events=["unregistered"]), name="Phones")
TEXTS = a_rule(RuleType.SMS, a_trigger(), name="Texts")
TYPES = {RuleType.CALL: CALLS, RuleType.SIP: PHONES, RuleType.SMS: TEXTS}
MAIL = EmailAction(id="n1", to="ana@x.test", subject="%%STATUS%% %%CALLER_NAME%%")
SMS = SmsAction(id="n2", sender="+447700900100", to=("+447700900101",))


def told(type: str = "call.ended", given: dict[str, Any] | None = None, **more: Any) -> Told:
    event = an_event(type, **(given or {}))
    rule = TYPES[{"c": RuleType.CALL, "s": RuleType.SMS}.get(type[0], RuleType.CALL)]
    if type == "sip.registration":
        rule = PHONES
    return Told(rule, rule.triggers, event, OURS, LONDON, **more)


ANA = "Ana (+447700900110)"


@pytest.mark.parametrize(
    ("type", "data", "said"),
    [
        ("call.ended", {}, f"Missed call from {ANA} to line 2003"),
        ("call.ended", {"status": "voicemail", "line": None}, f"Voicemail from {ANA} to +447700900100"),
        (
            "call.ended",
            {"group": {"id": "g1"}, "status": "answered", "transferred": True},
            f"Answered call from {ANA} to line 2003 (Support), transferred",
        ),
        ("call.ended", {"direction": "outgoing", "status": "busy"}, f"Outgoing call from {ANA} to +447700900100, busy"),
        ("sip.registration", {}, "Line 2003 went offline"),
        ("sip.registration", {"event": "registered"}, "Line 2003 is online"),
        ("sms.received", {}, f"Text from {ANA} to +447700900100: Fire"),
    ],
)
def test_the_first_line_says_what_happened_to_which_line_and_when(type: str, data: dict[str, Any], said: str) -> None:
    assert told(type, data).headline() == f"{said}, 2026-11-23 12:00 GMT"


def test_a_line_that_was_held_is_told_with_the_time_at_which_it_went_offline() -> None:
    since = NOON - timedelta(minutes=2)
    assert told("sip.registration", offline_since=since).headline() == "Line 2003 is offline since 2026-11-23 11:58 GMT"


def test_the_ordinary_mail_names_rule_and_triggers() -> None:
    assert body(MAIL, told(url="https://x.test/e1")).splitlines() == [
        f"Missed call from {ANA} to line 2003, 2026-11-23 12:00 GMT",
        "",
        "Duration: 18 seconds",
        "Rule: Missed calls",
        "Trigger: Trigger 1, Trigger 2",
        "https://x.test/e1",
    ]


def test_a_message_says_how_many_matches_were_not_told() -> None:
    about = told(not_told=14, not_told_since=NOON - timedelta(minutes=118))
    assert body(MAIL, about).endswith("\n\nand 14 more since 2026-11-23 10:02 GMT")
    assert text(SMS, about).endswith(" (and 14 more since 2026-11-23 10:02 GMT)")


@pytest.mark.parametrize("written", ["", "x" * 600, "%%CALLER_NAME%% " * 200])
def test_a_text_has_at_most_480_characters_and_shows_that_it_is_cut(written: str) -> None:
    long = told("sms.received", {"text": "y" * 1_600}, not_told=3)
    said = text(SmsAction(id="n", sender="+1", to=("+2",), text=written), long)
    assert len(said) <= 480
    assert said.endswith("… (and 3 more)")


@pytest.mark.parametrize("type", ["call.ended", "sip.registration", "sms.received"])
def test_al_13_a_test_says_that_it_is_one(type: str) -> None:
    sample = told(type, test=True)
    own = EmailAction(id="n", to="a@x.test", subject="s", body="own")
    assert subject(MAIL, sample).startswith("TEST: ")
    assert body(MAIL, sample).startswith("TEST: ")
    assert "test" in body(own, sample)
    assert text(SMS, sample).startswith("TEST: ")
    assert text(SmsAction(id="n", sender="+1", to=("+2",), text="own"), sample) == "TEST: own"
    assert payload(sample.rule, sample.triggers, sample.event, OURS, test=True)["test"] is True


def test_a_digest_lists_what_was_collected() -> None:
    assert digest_body(["a", "b"], not_told="and 3 more") == "2 events:\n\na\nb\n\nand 3 more"
    assert digest_body(["a"]).startswith("1 event:")


def test_placeholders_have_the_values_of_the_event() -> None:
    about = told(given={"group": {"id": "g1"}}, url="https://x.test/e1")
    assert about.values() == {
        "CALLER_NAME": "Ana", "CALLER_NUMBER": "+447700900110", "LINE": "2003", "GROUP": "Support",
        "DIRECTION": "incoming", "STATUS": "missed", "DURATION": "18 seconds", "DATE_TIME": "2026-11-23 12:00 GMT",
        "RULE_NAME": "Missed calls", "TRIGGER": "Trigger 1, Trigger 2", "URL": "https://x.test/e1",
    }  # fmt: skip
    assert about.values().keys() == PLACEHOLDERS
    assert subject(MAIL, about) == "missed Ana"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("%%LINE%%!", "2003!"),
        ("%%GROUP%%!", "!"),  # known, and absent
        ("%%line%% %%NO_SUCH%% %%LINE%", "%%line%% %%NO_SUCH%% %%LINE%"),
        ("%%LINE%%%%LINE%%", "20032003"),
    ],
)
def test_a_placeholder_without_a_value_is_empty_and_an_unknown_one_stays(written: str, said: str) -> None:
    assert filled(written, told().values()) == said


def test_unknown_placeholders_are_named_for_a_warning() -> None:
    assert unknown_names("%%LINE%% %%NO_SUCH%% %%X%% %%NO_SUCH%%") == ["NO_SUCH", "X"]


@settings(max_examples=60)
@given(st.text(), st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()))
def test_a_value_is_never_read_for_placeholders_and_brings_no_line_break(written: str, values: dict[str, str]) -> None:
    marked = {name: f"%%LINE%%\r\nBcc: {value}" for name, value in values.items()}
    line = filled_line(f"%%CALLER_NAME%%{written}", marked, 200)
    assert len(line) <= 200
    assert len(line.splitlines()) <= 1
    if "CALLER_NAME" in marked:
        assert filled("%%CALLER_NAME%%", marked) == marked["CALLER_NAME"]


# Webhooks.


def of(type: str, **data: Any) -> dict[str, Any]:
    about = told(type, data)
    return payload(about.rule, about.triggers, about.event, OURS)


def test_the_payload_of_a_call() -> None:
    event = an_event()
    assert of("call.ended") == {
        "eventId": event.name,
        "sourceEventId": "e1",
        "alertId": "r1",
        "alertName": "Missed calls",
        "alertType": "call",
        "triggerId": "t1",
        "triggerDescription": "Trigger 1",
        "triggers": [{"id": "t1", "description": "Trigger 1"}, {"id": "t2", "description": "Trigger 2"}],
        "occurredAt": "2026-11-23T12:00:00.000Z",
        "tenantId": "acme",
        "test": False,
        "call": {
            "callId": "c1",
            "direction": "incoming",
            "status": "missed",
            "from": {"number": "+447700900110", "name": "Ana"},
            "to": {"number": "+447700900100"},
            "durationSeconds": 18,
            "line": "l3",
        },
    }


def test_the_payload_of_a_registration() -> None:
    assert of("sip.registration", expiresSeconds=300, ip="192.0.2.7", contact="never sent")["registration"] == {
        "lineId": "l3",
        "extension": "2003",
        "userId": "u1",
        "event": "unregistered",
        "ip": "192.0.2.7",
        "expiresAt": "2026-11-23T12:05:00.000Z",
    }


@pytest.mark.parametrize(("type", "direction"), [("sms.received", "incoming"), ("sms.sent", "outgoing")])
def test_the_payload_of_a_text(type: str, direction: str) -> None:
    assert of(type, segments=1)["message"] == {
        "messageId": "m1",
        "direction": direction,
        "from": {"number": "+447700900110", "name": "Ana"},
        "to": {"number": "+447700900100"},
        "text": "Fire",
        "segments": 1,
    }


def test_al_19_a_get_has_the_payload_in_its_query() -> None:
    given = {"call": {"tags": ["a&b", "é"], "transferred": True, "group": None, "seconds": 0}, "list": []}
    assert list(flattened(given)) == [
        ("call.tags.0", "a&b"), ("call.tags.1", "é"), ("call.transferred", "true"), ("call.seconds", "0"),
    ]  # fmt: skip
    url = get_url("https://x.test/hook?token=1", given)
    assert url is not None
    assert parse_qsl(urlsplit(url).query) == [("token", "1"), *flattened(given)]


@pytest.mark.parametrize(
    ("url", "joined"), [("https://x.test/h", "?"), ("https://x.test/h?", ""), ("https://x.test/h?a=1&", "")]
)
def test_al_19_the_query_begins_where_that_of_the_url_ends(url: str, joined: str) -> None:
    assert get_url(url, {"a": 1}) == f"{url}{joined}a=1"


def test_al_19_a_get_whose_url_is_longer_than_2048_characters_is_not_sent() -> None:
    url = "https://x.test/?"
    assert get_url(url, {"a": "x" * (2_048 - len(url) - 2)}) is not None
    assert get_url(url, {"a": "x" * (2_048 - len(url) - 1)}) is None


@pytest.mark.parametrize("type", ["call.ended", "sip.registration", "sms.received"])
def test_payloads_are_json(type: str) -> None:
    assert json.loads(json.dumps(of(type))) == of(type)
