"""Lookups and short links at the door: AH-70 to AH-86."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.content.domain.content import LookupTerms

GROUP = {
    "inlineContactGroup": {
        "contacts": [
            {"id": "ana", "sms": "+447700900001", "email": "ana@x.org", "lookups": {"firstname": "Ana"}},
            {"id": "bob", "sms": "+447700900002", "email": "bob@x.org"},
        ]
    }
}


def to_all(content: str, **more: Any) -> dict[str, Any]:
    return sms(content=content, recipients=..., contactSets=["all"], **more)


def terms(door: Door) -> list[LookupTerms | None]:
    (alert,) = door.alerts.alerts.values()
    return [item.lookups for item in alert.items]


def test_lookups_are_accepted_and_say_how_long_the_longest_text_is(door: Door) -> None:
    lookups = {"performLookups": True, "uniqueLookups": True}
    answer = door.send(
        to_all("Dear {firstname}, {datetime--HH:mm}", lookups=lookups),
        email(subject="{type} of {datetime--YYYY}", lookups={"performLookups": True}),
        contactGroup=GROUP,
    )

    assert answer.status == 200
    assert [entry.get("segments") for entry in answer.json["alerts"]] == [1, None]
    assert terms(door) == [LookupTerms("ref-1", frozenset({"firstname"})), LookupTerms("ref-1")]


@pytest.mark.parametrize("perform", [{}, {"performLookups": False}, {"performLookups": True, "uniqueLookups": False}])
def test_ah_71_a_shortlink_runs_lookups_whatever_else_is_said(door: Door, perform: dict[str, Any]) -> None:
    lookups = {**perform, "shortlink": {"reference": "gate", "url": "http://x.test/go?a=1"}}
    assert door.send(to_all("{firstname} {shortlink}", lookups=lookups), contactGroup=GROUP).status == 200
    assert terms(door) == [LookupTerms("gate", frozenset({"firstname"}), True, "http://x.test/go?a=1")]


def test_ah_79_the_reference_is_the_calls_own_if_the_shortlink_has_none(door: Door) -> None:
    door.send(sms(content="{shortlink}", lookups={"shortlink": {}}))
    assert terms(door) == [LookupTerms("ref-1", shortlink=True)]


def test_ah_72_ah_76_wrong_keywords_are_all_told_and_nothing_is_sent(door: Door) -> None:
    only_shared = {"performLookups": True}
    answer = door.send(
        to_all("{firstname}", lookups=only_shared),
        email(content="{recipient}", subject="{recipient}", lookups=only_shared),
        sms(content="{datetime-Mars-HH}", lookups=only_shared),
        sms(content="{firstnam}", lookups=only_shared),
        contactGroup=GROUP,
    )

    assert answer.status == 400
    assert answer.faults() == {
        "/alert/0/content": "UNIQUE_LOOKUPS_MISSING",
        "/alert/1/content": "UNIQUE_LOOKUPS_MISSING",
        "/alert/1/subject": "UNIQUE_LOOKUPS_MISSING",
        "/alert/2/content": "UNKNOWN_TIME_ZONE",
    }
    assert door.alerts.alerts == {}


def test_ah_73_too_many_for_unique_lookups(door: Door) -> None:
    numbers = [f"+4477009{n:05}" for n in range(501)]
    answer = door.send(sms(recipients=numbers, lookups={"performLookups": True, "uniqueLookups": True}))

    assert answer.status == 413
    assert "500" in answer.json["failureReason"]
    assert (answer.json["failureCode"], answer.json["counted"], answer.json["allowed"]) == (
        "REQUEST_TOO_LARGE",
        501,
        500,
    )
    assert door.send(sms(recipients=numbers, lookups={"performLookups": True, "uniqueLookups": False})).status == 200


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://x.test", "https://a@x.test", "x.test", "https://x.test/ a", "https://x.test\\@y"],
)
def test_s11_a_shortlink_leads_to_the_web_and_nowhere_else(door: Door, url: str) -> None:
    answer = door.send(sms(content="{shortlink}", lookups={"shortlink": {"url": url}}))

    assert answer.status == 400
    assert answer.faults() == {"/alert/0/lookups/shortlink/url": "WRONG_FORM"}


def test_nobodys_own_lookup_may_be_called_like_a_keyword(door: Door) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": "a", "sms": "+447700900001", "lookups": {"sender": "x"}}]}}
    answer = door.send(to_all("x"), contactGroup=group)

    assert answer.faults() == {"/contactGroup/inlineContactGroup/contacts/0/lookups/sender": "RESERVED"}


def test_each_receiver_is_told_its_own_segments(door: Door) -> None:
    lookups = {"performLookups": True, "uniqueLookups": True}
    sent = door.send(to_all("x" * 158 + "{firstname}", lookups=lookups), email(), contactGroup=GROUP)

    rows = door.get(f"/alerts/{sent.json['alertRef']}/recipients").json["items"]

    assert [(row["contact_id"], row["segments"]) for row in rows] == [("ana", 2), ("bob", 1), (None, None)]


def test_a_lookup_value_that_nothing_uses_is_not_kept(door: Door) -> None:
    door.send(to_all("hello", lookups={"performLookups": True, "uniqueLookups": True}), contactGroup=GROUP)
    assert [recipient.lookups for chunk in door.alerts.chunks.values() for recipient in chunk] == [{}, {}]
