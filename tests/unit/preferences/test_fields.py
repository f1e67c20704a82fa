"""Settings as JSON: what is read can be sent back, and a patch is judged by what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.entrypoint.preferences_body.settings import read_settings
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.fields import MASKED, patched, resource, with_fields
from tocsin.preferences.domain.refusals import TextsAreOff
from tocsin.preferences.domain.settings import AccountTopic, AppointmentMoment, Communication, NotificationSettings
from tocsin.preferences.domain.text_number import TextState

BEN, ADMIN = UserId("ben"), UserId("admin")
NUMBER = "+447700900417"
NEW = NotificationSettings(tenant=TenantId("acme"), user=BEN)
ALL = frozenset(AccountTopic)


def after(
    before: NotificationSettings, patch: dict[str, Any], topics: frozenset[AccountTopic] = ALL
) -> NotificationSettings:
    return with_fields(before, topics, read_settings(patched(before, topics, patch)), patch, ADMIN)


def text(**given: Any) -> dict[str, Any]:
    return {"channels": {"text": given}}


def shuffled(value: Any, order: Any) -> Any:
    """Return a JSON value with the fields of each object in another order."""
    if not isinstance(value, dict):
        return value
    names = list(value)
    order.shuffle(names)
    return {name: shuffled(value[name], order) for name in names}


some_settings = st.builds(
    NotificationSettings,
    tenant=st.just(NEW.tenant), user=st.just(BEN),
    communication=st.frozensets(st.sampled_from(Communication)), moments=st.frozensets(st.sampled_from(AppointmentMoment)),
    lines=st.lists(st.sampled_from(["l1", "l2", "l3"]), unique=True).map(tuple),
    many_texts=st.booleans(), email_on=st.booleans(), text_on=st.booleans(), custom_on=st.booleans(),
    custom_number=st.sampled_from([None, NUMBER]), browser_on=st.booleans(), mobile_push=st.booleans(),
    quiet=st.sampled_from([None, Reachable.ALWAYS, QuietHours(time(22), time(7)), QuietHours(time(22), time(7), zone="Asia/Kathmandu")]),
    topics=st.frozensets(st.sampled_from(AccountTopic)), version=st.integers(0, 9),
)  # fmt: skip
visible = st.sampled_from([frozenset[AccountTopic](), ALL - {AccountTopic.BILLING_WARNINGS}, ALL])


@given(some_settings, visible)
@settings(max_examples=60)
def test_what_was_read_and_is_sent_back_changes_nothing(
    before: NotificationSettings, topics: frozenset[AccountTopic]
) -> None:
    assert after(before, resource(before, topics, TextState.READY), topics) is before


@given(some_settings, some_settings, st.data(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_fields_in_a_patch_means_nothing(
    before: NotificationSettings, wanted: NotificationSettings, data: st.DataObject, order: Any
) -> None:
    whole = resource(wanted, ALL, TextState.READY)
    names = data.draw(st.lists(st.sampled_from(sorted(whole)), unique=True))
    patch = {name: whole[name] for name in names}
    assert after(before, shuffled(patch, order)) == after(before, patch)


@given(some_settings, some_settings)
@settings(max_examples=40)
def test_two_patches_of_different_fields_make_the_same_in_either_order(
    before: NotificationSettings, wanted: NotificationSettings
) -> None:
    whole = resource(wanted, ALL, TextState.READY)
    one, other = {"channels": whole["channels"]}, {name: whole[name] for name in whole if name != "channels"}
    assert after(after(before, one), other) == after(after(before, other), one)


def test_up_32_the_defaults() -> None:
    shown = resource(NEW, frozenset(), TextState.OFF)
    assert shown == {
        "communication": dict.fromkeys(
            ["call", "text", "voicemail", "fax", "mention", "contact", "appointment", "reminder"], True
        ),
        "events": dict.fromkeys(["created", "1d", "1h", "15m", "1m"], True),
        "lines": [],
        "high_sms": False,
        "channels": {
            "email": True,
            "text": {"enabled": False, "custom": {"enabled": False, "number": None}, "state": "off"},
            "browser": False,
            "mobile_push": False,
        },
        "quiet_hours": None,
    }


ON = replace(NEW, text_on=True, custom_on=True, custom_number=NUMBER, number_by=BEN, version=3)
OFF = replace(ON, text_on=False, version=4)


def test_up_25_texts_off_mask_the_custom_number_and_keep_it() -> None:
    off = after(ON, text(enabled=False))
    assert off == OFF
    assert resource(off, ALL, TextState.OFF)["channels"]["text"] == {"enabled": False, "custom": MASKED, "state": "off"}
    back = after(off, text(enabled=True))
    assert resource(back, ALL, TextState.READY)["channels"]["text"]["custom"] == {"enabled": True, "number": NUMBER}


@pytest.mark.parametrize("before", [NEW, ON, OFF])
def test_up_25_the_custom_number_cannot_be_enabled_while_texts_are_off(before: NotificationSettings) -> None:
    with pytest.raises(TextsAreOff):
        after(before, text(enabled=False, custom={"enabled": True, "number": NUMBER}))


def test_decided_5_1_both_may_be_enabled_in_one_patch() -> None:
    changed = after(NEW, text(custom={"number": NUMBER, "enabled": True}, enabled=True))
    assert (changed.text_on, changed.custom_on, changed.custom_number, changed.number_by) == (True, True, NUMBER, ADMIN)
    assert changed.version == 1


def test_the_mask_that_is_sent_back_with_texts_on_keeps_the_number() -> None:
    assert after(OFF, text(enabled=True, custom=dict(MASKED), state="off")) == replace(ON, version=5)
    # but a word on its own is meant
    assert after(OFF, text(enabled=True, custom={"enabled": False})) == replace(ON, custom_on=False, version=5)
    assert after(OFF, text(custom={"number": None})) == replace(OFF, custom_number=None, number_by=None, version=5)


def test_null_sets_the_default() -> None:
    moved = after(NEW, {"communication": {"call": False}, "quiet_hours": "none", "account": {"daily_activity": True}})
    assert moved.quiet is Reachable.ALWAYS
    assert moved.topics == {AccountTopic.DAILY_ACTIVITY}
    assert after(moved, {"communication": None, "quiet_hours": None, "account": {"daily_activity": None}}) == replace(
        NEW, version=2
    )


def test_topics_that_the_person_may_not_see_now_stay_as_they_are() -> None:
    before = replace(NEW, topics=frozenset({AccountTopic.BILLING_WARNINGS}))
    seen = ALL - {AccountTopic.BILLING_WARNINGS}
    assert after(before, {"account": {"daily_activity": True}}, seen).topics == {
        AccountTopic.BILLING_WARNINGS,
        AccountTopic.DAILY_ACTIVITY,
    }


@pytest.mark.parametrize(
    ("patch", "faults"),
    [
        ({"quiet_hours": {"from": "22:00", "to": "22:00"}}, [("/quiet_hours/to", "NEVER")]),
        ({"quiet_hours": {"from": "22:00"}}, [("/quiet_hours/to", "REQUIRED")]),
        ({"quiet_hours": {"from": "24:00", "to": "07:00", "zone": "Moon/Base"}},
         [("/quiet_hours/from", "WRONG_FORM"), ("/quiet_hours/zone", "UNKNOWN_ZONE")]),
        ({"quiet_hours": "never"}, [("/quiet_hours", "NOT_ALLOWED")]),
        (text(custom={"number": "07700 900417"}), [("/channels/text/custom/number", "BAD_NUMBER")]),
        (text(custom={"number": "+4477"}), [("/channels/text/custom/number", "BAD_NUMBER")]),
        ({"communication": {"calls": True}}, [("/communication/calls", "UNKNOWN_FIELD")]),
        ({"high_sms": "yes", "events": {"1d": 1}}, [("/events/1d", "WRONG_TYPE"), ("/high_sms", "WRONG_TYPE")]),
        ({"channels": {"email": True, "fax": True}}, [("/channels/fax", "UNKNOWN_FIELD")]),
        ({"channels": True}, [("/channels", "WRONG_TYPE")]),
        ({"lines": ["l"] * 201}, [("/lines", "TOO_MANY")]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_place(patch: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        after(NEW, patch)
    assert sorted((fault.pointer, fault.code) for fault in refused.value.faults) == faults


@pytest.mark.parametrize("spelling", ["+44 7700 900417", "+44 (0)7700 900-417", "+447700900417"])
def test_a_number_is_kept_in_one_form(spelling: str) -> None:
    assert after(NEW, text(enabled=True, custom={"number": spelling})).custom_number == NUMBER
