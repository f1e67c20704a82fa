"""How a person is told, for every state of the person, channel and hour: compared with a plain reading of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest

from tests.unit.personal_notices.desk import ANA, HERS, OURS, a_notice, a_person, to, wants
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.identity.domain.user import User, UserState
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.personal_notices.domain.person_decision import NoticeFacts, decide_for
from tocsin.preferences.domain.settings import AppointmentMoment, Communication, NotificationSettings

NIGHT = QuietHours(time(22), time(7))
MIDNIGHT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""In the night; it ends seven hours later."""

STATES: dict[str, User | None] = {
    "active": a_person(),
    "invited": a_person(state=UserState.INVITED),
    "disabled": a_person(state=UserState.DISABLED),
    "not me": a_person(state=UserState.INVITED, not_me_at=MIDNIGHT),
    "gone": None,
}
LATE = {"never": None, "past": timedelta(0), "in the night": timedelta(hours=1), "after it": timedelta(hours=8)}
QUIET = {"own": NIGHT, "none": Reachable.ALWAYS, "as the account": None}


def plain_reading(
    state: str, on: bool, channels: frozenset[str], number: str | None, late: str, quiet: bool, device: bool
) -> dict[str, str]:
    """Return the outcome of each channel, written as the rules are told to people."""
    if state in ("disabled", "not me", "gone"):
        return {"inbox": "disabled"}
    if not on:
        return {"inbox": "off"}
    expected = {"inbox": "sent"}
    if late == "past":
        in_time = at_once = "too_late"
    else:
        in_time = "quiet_hours" if quiet and late == "in the night" else "sent"
        at_once = "quiet_hours" if quiet else "sent"
    if "email" in channels:
        expected["email"] = in_time
    if "text" in channels:
        expected["text"] = {None: "no_number", OURS: "own_number", "+447700900199": "opted_out"}.get(number, in_time)
    if "browser" in channels:
        expected["browser"] = at_once if device else "no_device"
    return expected


@pytest.mark.parametrize("state", STATES)
def test_decided_5_7_each_state_channel_number_and_hour_has_its_outcome(state: str) -> None:
    sets = [frozenset(), frozenset({"email"}), frozenset({"text", "browser"}), frozenset({"email", "text", "browser"})]
    numbers = (None, HERS, OURS, "+447700900199")
    for on, chosen, number, late, quiet, account, device in product(
        (True, False), sets, numbers, LATE, QUIET, (NIGHT, None), (True, False)
    ):
        settings = wants(
            communication=frozenset(Communication) if on else frozenset(),
            email_on="email" in chosen, text_on="text" in chosen, browser_on="browser" in chosen,
            quiet=QUIET[quiet], custom_on=True, custom_number=number,
        )  # fmt: skip
        known = STATES[state]
        person = None if known is None else a_person(state=known.state, not_me_at=known.not_me_at, backup_phone=None)
        span = LATE[late]
        notice = a_notice(too_late_at=None if span is None else MIDNIGHT + span)
        facts = NoticeFacts(
            now=MIDNIGHT, clock=AccountClock("UTC", account), our_numbers={OURS}, opted_out={"+447700900199"},
            with_browser={ANA} if device else (),
        )  # fmt: skip
        told = decide_for(notice, to()[0], person, settings, facts)
        is_quiet = quiet == "own" or (quiet == "as the account" and account is not None)
        expected = plain_reading(state, on, chosen, number, late, is_quiet, device)
        assert {channel.value: outcome.value for channel, outcome in told.channels} == expected


def outcomes(
    settings: NotificationSettings, addressee: Addressee | None = None, mailed: bool = False, **given: object
) -> dict[NoticeChannel, NoticeOutcome]:
    facts = NoticeFacts(now=MIDNIGHT, clock=AccountClock(), mailed={ANA} if mailed else ())
    told = decide_for(a_notice(**given), addressee or to()[0], a_person(), settings, facts)
    return dict(told.channels)


def test_decided_4_13_who_is_mailed_by_a_template_gets_no_second_mail() -> None:
    told = outcomes(wants(text_on=True), mailed=True, kind=NoticeKind.VOICEMAIL)
    assert told == {
        NoticeChannel.INBOX: NoticeOutcome.SENT,
        NoticeChannel.EMAIL: NoticeOutcome.ALREADY_MAILED,
        NoticeChannel.TEXT: NoticeOutcome.SENT,
    }


def test_who_is_no_member_any_more_is_told_nothing() -> None:
    left = Addressee(ANA, "you are in Sales", NoticeOutcome.NOT_MEMBER)
    assert outcomes(wants(), left) == {NoticeChannel.INBOX: NoticeOutcome.NOT_MEMBER}


@pytest.mark.parametrize(
    ("kind", "settings", "told"),
    [
        (NoticeKind.FAX, wants(communication=frozenset({Communication.FAX})), True),
        (NoticeKind.FAX, wants(communication=frozenset(Communication) - {Communication.FAX}), False),
        (NoticeKind.MANY_TEXTS, wants(many_texts=True, communication=frozenset()), True),
        (NoticeKind.MANY_TEXTS, wants(), False),
        (NoticeKind.SAMPLE, wants(communication=frozenset(), moments=frozenset()), True),
    ],
)
def test_up_23_each_kind_has_its_switch(kind: NoticeKind, settings: NotificationSettings, told: bool) -> None:
    assert (NoticeChannel.EMAIL in outcomes(settings, kind=kind)) is told


def test_decided_5_5_one_of_several_switches_is_enough() -> None:
    both = frozenset({Communication.APPOINTMENT, AppointmentMoment.CREATED})
    for communication, moments in product((both - {AppointmentMoment.CREATED}, frozenset()), repeat=2):
        settings = wants(
            communication=frozenset({Communication.APPOINTMENT}) if communication else frozenset(),
            moments=frozenset({AppointmentMoment.CREATED}) if moments else frozenset(),
        )
        told = outcomes(settings, kind=NoticeKind.APPOINTMENT, switches=both)
        assert (NoticeChannel.EMAIL in told) is bool(communication or moments)
