"""One sentence says how a missed call would reach a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.preferences.domain.reach import missed_call_reaches
from tocsin.preferences.domain.settings import Communication, NotificationSettings
from tocsin.preferences.domain.text_number import TextState, texts_go_to

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEN = User(
    TenantId("acme"), UserId("ben"), "ben@example.org", "Ben", RoleId("user"), NOW, UserState.ACTIVE,
    backup_phone="+447700900111",
)  # fmt: skip
NEW = NotificationSettings(tenant=BEN.tenant, user=BEN.id)
TEXTS: dict[str, Any] = {"text_on": True, "custom_on": True, "custom_number": "+447700900417"}


@pytest.mark.parametrize(
    ("chosen", "person", "state", "sentence"),
    [
        ({}, {}, TextState.OFF, "A missed call would reach you by email to ben@example.org, and in the inbox."),
        (TEXTS, {}, TextState.READY,
         "A missed call would reach you by email to ben@example.org and by text to +447700900417, and in the inbox."),
        ({"text_on": True}, {}, TextState.READY,
         "A missed call would reach you by email to ben@example.org and by text to +447700900111, and in the inbox."),
        (TEXTS | {"custom_on": False, "email_on": False}, {}, TextState.READY,
         "A missed call would reach you by text to +447700900111, and in the inbox."),
        (TEXTS, {}, TextState.OPTED_OUT, "A missed call would reach you by email to ben@example.org, and in the inbox."),
        ({"text_on": True}, {"backup_phone": None}, TextState.NO_NUMBER,
         "A missed call would reach you by email to ben@example.org, and in the inbox."),
        (TEXTS | {"browser_on": True}, {}, TextState.READY,
         "A missed call would reach you by email to ben@example.org, by text to +447700900417 and by a push to the"
         " browsers that were added, and in the inbox."),
        ({"email_on": False}, {}, TextState.OFF, "A missed call would reach you in the inbox only."),
        ({"mobile_push": True, "email_on": False}, {}, TextState.OFF, "A missed call would reach you in the inbox only."),
        ({}, {"not_me_at": NOW}, TextState.OFF, "A missed call would reach you in the inbox only."),
        ({"communication": frozenset({Communication.TEXT})}, {}, TextState.OFF,
         "A missed call would not reach you: notices of calls are off."),
        ({}, {"state": UserState.DISABLED}, TextState.OFF,
         "A missed call would not reach you: the account of this person is disabled."),
    ],
)  # fmt: skip
def test_a_sentence_says_how_a_missed_call_reaches_a_person(
    chosen: dict[str, Any], person: dict[str, Any], state: TextState, sentence: str
) -> None:
    assert missed_call_reaches(replace(NEW, **chosen), replace(BEN, **person), state) == sentence


@pytest.mark.parametrize(
    ("custom_on", "custom", "backup", "number"),
    [
        (True, "+1", "+2", "+1"),
        (True, None, "+2", "+2"),
        (False, "+1", "+2", "+2"),
        (False, "+1", None, None),
        (True, None, None, None),
    ],
)
def test_up_26_up_27_where_texts_go(
    custom_on: bool, custom: str | None, backup: str | None, number: str | None
) -> None:
    settings = replace(NEW, custom_on=custom_on, custom_number=custom)
    assert texts_go_to(settings, replace(BEN, backup_phone=backup)) == number
