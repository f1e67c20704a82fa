"""`options.clickCounts`, `shortlink.confirm` and the default of the key at the API boundary (decided 8.9, 8.10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tests.functional.alerts_api.test_warnings import codes

URL = "https://x.test/go"


def with_link(**shortlink: Any) -> dict[str, Any]:
    return sms(content="Seen it? {shortlink}", lookups={"shortlink": shortlink})


def counts(door: Door) -> list[bool]:
    return [alert.click_counts for _, alert in sorted(door.alerts.alerts.items())]


@pytest.mark.parametrize("confirm", [None, True, False])
def test_what_the_link_shows_is_kept_with_the_alert(door: Door, confirm: bool | None) -> None:
    door.send(with_link(url=URL, confirm=confirm))
    (alert,) = door.alerts.alerts.values()
    assert alert.items[0].lookups is not None
    assert alert.items[0].lookups.confirm is confirm


@pytest.mark.parametrize("options", [{}, {"clickCounts": True}])
def test_confirm_false_needs_a_url(door: Door, options: dict[str, Any]) -> None:
    answer = door.send(with_link(confirm=False), options=options)
    assert answer.status == 400
    assert answer.faults() == {"/alert/0/lookups/shortlink/confirm": "CONFLICT"}


def test_click_counts_without_url_and_confirm_is_no_conflict(door: Door) -> None:
    assert door.send(with_link(), options={"clickCounts": True}).status == 200
    assert counts(door) == [True]


@pytest.mark.parametrize(
    ("default", "written", "counted"),
    [
        (False, None, False),
        (True, None, True),
        (True, False, False),
        (False, True, True),
    ],
)
def test_the_call_says_it_or_the_key_does(door: Door, default: bool, written: bool | None, counted: bool) -> None:
    info = door.post("/setinfo", {"clickCounts": default})
    assert info.json["info"]["clickCounts"] is default
    for options in ({"clickCounts": written}, {} if written is None else {"clickCounts": written}):
        entry = door.send(with_link(), options=options).json["alerts"][0]
        assert codes(entry) == ([("/alert/0/lookups/shortlink", "CLICKS_COUNT")] if counted else [])
        assert entry["success"] is True
    assert counts(door) == [counted, counted]


def test_old_keys_count_none_and_nothing_is_warned_of_without_a_link(door: Door) -> None:
    assert door.post("/getinfo", {}).json["info"]["clickCounts"] is False
    assert codes(door.send(sms(), options={"clickCounts": True}).json["alerts"][0]) == []


@pytest.mark.parametrize("value", ["true", 1, "", {}])
def test_it_is_a_boolean(door: Door, value: Any) -> None:
    answer = door.send(with_link(), options={"clickCounts": value})
    assert answer.status == (200 if value == "" else 400)


def test_a_stored_alert_takes_the_keys_default_of_the_time_when_it_is_sent(door: Door) -> None:
    deferral = {"defer": True, "storeName": "later"}
    assert door.send(with_link(), deferral=deferral).status == 200
    door.post("/setinfo", {"clickCounts": True})
    body = {"storeName": "later", "clientRef": "r2"}
    answer = door.post("/sendstoredalert", body)
    assert answer.status == 200, answer.text
    assert counts(door) == [True]
