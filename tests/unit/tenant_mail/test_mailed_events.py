"""Which events are mailed to whom, and why others are not (PN-21 to PN-23, PN-28, PN-29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.unit.tenant_mail.mailed import DATA, a_user, an_event, mail_settings
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.ids import UserId
from tocsin.telephony.domain.vocabulary import TYPES, data_faults
from tocsin.tenant_mail.domain.mail_settings import MailFlag, MailSettings
from tocsin.tenant_mail.domain.mailed_events import (
    MAILED,
    MailDecision,
    MailOutcome,
    ThingsOfEvent,
    decide_mail,
    mailed_type,
)

OPS = ("ops@example.com", "boss@example.com")
ALL = mail_settings(*MailFlag)
PEOPLE = ThingsOfEvent(person=a_user("ana"), managers=(a_user("max"),), owners=(a_user("olga"),))
FLAGS = {
    "user.created": MailFlag.USER_REGISTRATION,
    "queue.sla_breached": MailFlag.QUEUE_SLA_BREACHED,
    "queue.callback": MailFlag.QUEUE_CALLBACK,
    "queue.callback_failed": MailFlag.QUEUE_CALLBACK_FAILED,
    "queue.call_lost": MailFlag.QUEUE_CALL_LOST,
    "emergency.call": MailFlag.EMERGENCY_CALL,
    "license.limited": MailFlag.LICENSE_LIMITED,
}


def decided(
    type: str, settings: MailSettings = ALL, things: ThingsOfEvent = PEOPLE, *, system: bool = False, **more: Any
) -> MailDecision:
    event = an_event(type, **more)
    mailed = mailed_type(event)
    assert mailed is not None
    return decide_mail(event, mailed, settings, things, may_use_system=system)


def test_the_examples_are_valid_events() -> None:
    assert DATA.keys() == MAILED.keys() <= TYPES.keys()
    assert [data_faults(type, data) for type, data in DATA.items()] == [[]] * len(DATA)


def test_14_templates_are_mailed_and_a_missed_call_is_not() -> None:
    assert len({mailed.template for mailed in MAILED.values()}) == 14
    assert mailed_type(an_event("call.ended", status="missed")) is None
    assert mailed_type(an_event("sms.received")) is None


@pytest.mark.parametrize("type", MAILED)
def test_sandbox_events_are_never_mailed(type: str) -> None:
    assert mailed_type(an_event(type)) is not None
    assert mailed_type(an_event(type, sandbox=True)) is None


@pytest.mark.parametrize(
    ("type", "to", "without_secrets"),
    [
        ("user.created", ["ana@example.com"], OPS),
        *((f"queue.{word}", ["max@example.com", *OPS], ()) for word in ("call_lost", "sla_breached")),
        *((f"queue.{word}", ["max@example.com", *OPS], ()) for word in ("callback", "callback_failed")),
        ("voicemail.received", ["olga@example.com"], ()),
        ("call.ended", ["olga@example.com"], ()),
        ("report.completed", ["ana@example.com"], ()),
        ("account.recharged", ["ana@example.com"], ()),
        ("disk.low", OPS, ()),
        ("license.limited", OPS, ()),
        ("emergency.call", OPS, ()),
        ("trunk.connected", OPS, ()),
        ("trunk.disconnected", OPS, ()),
        ("conference.invited", ["eve@example.com"], ()),
    ],
)
def test_who_gets_which_mail(type: str, to: Sequence[str], without_secrets: Sequence[str]) -> None:
    people = (UserId("olga"),) if to == ["olga@example.com"] else ()
    assert decided(type) == MailDecision(
        outcome=MailOutcome.SENT, to=tuple(to), without_secrets=tuple(without_secrets), people=people
    )


def test_only_emergency_calls_are_urgent() -> None:
    assert [type for type, mailed in MAILED.items() if mailed.urgent] == ["emergency.call"]


@pytest.mark.parametrize(("type", "flag"), FLAGS.items())
def test_pn_22_an_event_is_mailed_if_its_flag_is_on_and_not_if_it_is_off(type: str, flag: MailFlag) -> None:
    others = tuple(each for each in MailFlag if each is not flag)
    assert decided(type, mail_settings(flag, off=others)).outcome is MailOutcome.SENT
    assert decided(type, mail_settings(*others, off=(flag,))) == MailDecision(outcome=MailOutcome.SWITCHED_OFF)


@pytest.mark.parametrize("type", MAILED)
def test_pn_23_without_a_flag_it_is_always_mailed_and_the_flags_of_v22_6_are_on_unless_set(type: str) -> None:
    is_off = type == "user.created" or type.startswith("queue.")
    assert decided(type, mail_settings()).outcome is (MailOutcome.SWITCHED_OFF if is_off else MailOutcome.SENT)
    off = decided(type, mail_settings(off=tuple(MailFlag))).outcome
    assert off is (MailOutcome.SWITCHED_OFF if type in FLAGS else MailOutcome.SENT)


def test_pn_28_a_manager_who_is_also_a_recipient_gets_one_copy() -> None:
    settings = mail_settings(MailFlag.QUEUE_CALL_LOST, recipients=("Max@Example.com", "ops@example.com"))
    assert decided("queue.call_lost", settings).to == ("max@example.com", "ops@example.com")


def test_a_new_user_who_is_also_a_recipient_gets_the_mail_with_the_secrets_only() -> None:
    settings = mail_settings(MailFlag.USER_REGISTRATION, recipients=("ANA@example.com", "ops@example.com"))
    decision = decided("user.created", settings)
    assert (decision.to, decision.without_secrets) == (("ana@example.com",), ("ops@example.com",))


def test_secrets_go_to_the_address_on_file_and_to_that_of_the_event_only_if_nobody_is_known() -> None:
    assert decided("user.created", email="thief@example.com").to == ("ana@example.com",)
    assert decided("user.created", things=ThingsOfEvent()).to == ("new@example.com",)
    nobody = decided("user.created", things=ThingsOfEvent(), email=None)
    assert nobody == MailDecision(outcome=MailOutcome.NO_ADDRESS)


@pytest.mark.parametrize("gone", [{"state": UserState.DISABLED}, {"not_me_at": NOON}])
def test_people_who_get_no_notices_get_no_tenant_mail(gone: dict[str, Any]) -> None:
    who = a_user("ana", **gone)
    people = ThingsOfEvent(person=who, managers=(who,), owners=(who,))
    assert decided("report.completed", things=people).to == OPS
    assert decided("queue.callback", things=people).to == OPS
    assert decided("voicemail.received", things=people) == MailDecision(outcome=MailOutcome.NO_ADDRESS)
    assert decided("user.created", things=people) == MailDecision(outcome=MailOutcome.NO_ADDRESS)


@pytest.mark.parametrize("type", MAILED)
def test_an_event_without_receivers_says_so(type: str) -> None:
    decision = decided(type, mail_settings(*MailFlag, recipients=()), ThingsOfEvent())
    named = {"user.created": ("new@example.com",), "conference.invited": ("eve@example.com",)}
    assert decision.to == named.get(type, ())
    assert decision.outcome is (MailOutcome.SENT if type in named else MailOutcome.NO_RECIPIENTS)


def test_an_event_that_comes_more_than_an_hour_late_is_not_mailed() -> None:
    hour = timedelta(hours=1)
    assert decided("disk.low", received_at=NOON + hour).outcome is MailOutcome.SENT
    late = decided("disk.low", received_at=NOON + hour + timedelta(seconds=1))
    assert late == MailDecision(outcome=MailOutcome.TOO_OLD)


def test_pn_29_without_an_own_server_the_system_s_is_used_where_it_is_allowed() -> None:
    settings = mail_settings(server="")
    assert decided("disk.low", settings, system=True).outcome is MailOutcome.SENT
    assert decided("disk.low", settings) == MailDecision(outcome=MailOutcome.NO_MAIL_SERVER)
