"""Events are mailed: they come in, are acted on twice, and each mailbox gets one mail (PN-21 to PN-23, PN-28, PN-30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.mail_runs import FakeVoicemailLists
from tests.fakes.time import NOON
from tests.scenarios.event_world import EventWorld, missed_call
from tests.unit.tenant_mail.mailed import ACME, SECRETS, a_user, an_event, mail_settings
from tocsin.alerts.domain.cause import CauseKind
from tocsin.audit.domain.actor import SYSTEM
from tocsin.content.domain.content import EmailContent
from tocsin.directory.domain.things import Group, GroupKind, Kind, Line
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import Communication, NotificationSettings
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import packed
from tocsin.tenant_mail.application.voicemail_mailed import VoicemailMailed
from tocsin.tenant_mail.domain.mail_settings import MailFlag
from tocsin.tenant_mail.domain.mailed_events import MAILED, MailOutcome
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails

LONG_NAME: dict[str, Any] = {"from": {"number": "+447700900123", "name": "A" * 128}}
OPS = ["ops@example.com", "boss@example.com"]


def a_world() -> EventWorld:
    """Return an account that wants every mail, with a queue, a line and a new user."""
    world = EventWorld()
    world.mail_settings.kept[ACME] = mail_settings(*MailFlag)
    world.directory.add(
        a_user("u1"), a_user("max"), a_user("olga"),
        Line(tenant=ACME, id="l1", extension="2001", label="Reception", user=UserId("olga")),
        Group(tenant=ACME, id="q9", kind=GroupKind.QUEUE, name="Support", number="8000", aliases=("q1",),
              managers=(UserId("max"), UserId("gone"))),
    )  # fmt: skip
    return world


def mailed(world: EventWorld) -> list[tuple[str, list[str]]]:
    """Return the template and the receivers of each message, in order."""
    return [(alert.cause.parent, list(message.addresses)) for alert in world.sent for message in alert.messages]


def run_of(world: EventWorld, event: TelephonyEvent) -> Any:
    return next((run for run in world.inside.mail_runs.kept.values() if run.event == event.name), None)


def happen(world: EventWorld, *events: TelephonyEvent) -> None:
    """Let events come in, one after another, and act on them."""
    for event in events:
        world.take(event)
        world.work()


@pytest.mark.parametrize("type", MAILED)
def test_pn_22_every_type_is_mailed_once(type: str) -> None:
    world, event = a_world(), an_event(type)
    happen(world, event, event)
    (alert,) = world.sent
    assert (alert.cause.kind, alert.cause.parent) == (CauseKind.TENANT_MAIL, MAILED[type].template)
    assert (alert.urgent, alert.has_quiet_hours, alert.sent_within) == (
        type == "emergency.call", False, timedelta(hours=24),
    )  # fmt: skip
    run = run_of(world, event)
    assert (run.outcome, run.alert, run.custom) == (MailOutcome.SENT, alert.ref, False)
    assert "%%" not in "".join(world.said)


def test_pn_28_the_manager_and_the_recipients_get_one_copy_each() -> None:
    world = a_world()
    happen(world, an_event("queue.call_lost"))
    assert mailed(world) == [("QUEUE_CALL_LOST", ["max@example.com", *OPS])]
    assert "Support" in world.said[0]
    assert "8000" in world.said[0]


def test_what_is_switched_off_leaves_nothing_behind() -> None:
    world, event = a_world(), an_event("queue.call_lost")
    world.mail_settings.kept[ACME] = mail_settings()
    happen(world, event)
    assert not world.sent
    assert not world.inside.mail_runs.kept


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (an_event("disk.low", received_at=NOON + timedelta(hours=2)), MailOutcome.TOO_OLD),
        (an_event("voicemail.received", mailbox="4999"), MailOutcome.NO_RECIPIENTS),
        (an_event("user.created", email=None), MailOutcome.NO_ADDRESS),
    ],
)
def test_pn_30_why_nothing_is_sent_is_kept(event: TelephonyEvent, outcome: MailOutcome) -> None:
    world = a_world()
    happen(world, event)
    assert not world.sent
    run = run_of(world, event)
    assert (run.outcome, run.alert) == (outcome, None)


def test_pn_29_without_any_mail_server_that_is_what_is_kept() -> None:
    world, event = a_world(), an_event("disk.low")
    world.mail_settings.kept[ACME] = mail_settings(server="")
    world.may_use_system = False
    happen(world, event)
    assert run_of(world, event).outcome is MailOutcome.NO_MAIL_SERVER


def test_pn_21_the_account_s_own_template_is_used_and_what_it_does_not_give_is_the_default_s() -> None:
    world, event = a_world(), an_event("queue.sla_breached")
    own = MailTemplateRow("QUEUE_SLA", None, "%%QUEUE_NAME%%: %%SLA_TIME%% s", None, NOON, "u1")
    world.mail_templates.kept[ACME, "QUEUE_SLA"] = own
    happen(world, event)
    content = world.sent[0].messages[0].content
    assert isinstance(content, EmailContent)
    assert content.subject == "Support: 30 s"
    assert "Support" in content.body
    assert run_of(world, event).custom


def test_a_mail_that_its_values_make_too_long_is_not_sent_and_says_so() -> None:
    world, event = a_world(), an_event("voicemail.received", **LONG_NAME)
    own = MailTemplateRow("VOICEMAIL_RECEIVED", None, None, "%%CALLER_NAME%%" * 4_300, NOON, "u1")
    world.mail_templates.kept[ACME, own.name] = own
    happen(world, event)
    assert run_of(world, event).outcome is MailOutcome.TOO_LONG
    assert not world.sent


# --- one voicemail, one mail ------------------------------------------------------------------------------------


def a_voicemail(id: str = "v1", seconds: int = 0, **given: Any) -> TelephonyEvent:
    return an_event("voicemail.received", NOON + timedelta(seconds=seconds), id=id, **given)


def a_call(id: str = "e2", seconds: int = 0, **given: Any) -> TelephonyEvent:
    return an_event("call.ended", NOON + timedelta(seconds=seconds), id=id, **given)


@pytest.mark.parametrize(
    "events",
    [
        (a_voicemail(callId="c1"), a_call(seconds=600)),
        (a_call(), a_voicemail(callId="c1", seconds=600)),
        (a_voicemail(), a_call(seconds=120)),
        (a_call(), a_voicemail(seconds=120)),
        (a_voicemail("v1"), a_voicemail("v2", 120, mailbox="l1")),
    ],
)
def test_decided_4_13_two_events_about_one_voicemail_are_one_mail(events: tuple[TelephonyEvent, ...]) -> None:
    world = a_world()
    happen(world, *events)
    assert mailed(world) == [("VOICEMAIL_RECEIVED", ["olga@example.com"])]
    first, second = (run_of(world, event) for event in events)
    assert (first.outcome, second.outcome) == (MailOutcome.SENT, MailOutcome.ALREADY_SENT)
    assert first.alert == second.alert


@pytest.mark.parametrize(
    "second",
    [
        a_voicemail("v2", 121),
        a_voicemail("v2", 1, **{"from": {"number": "+447700900124"}}),
        a_voicemail("v2", 1, mailbox="q1"),
    ],
)
def test_another_voicemail_is_another_mail(second: TelephonyEvent) -> None:
    world = a_world()
    happen(world, a_voicemail(), second)
    assert len(world.sent) == 2


def test_decided_5_3_a_call_that_ended_in_a_mailbox_is_mailed_like_its_voicemail() -> None:
    world = a_world()
    happen(world, a_call(voicemail={"url": "https://pbx.example.com/v/1"}))
    assert "https://pbx.example.com/v/1" in world.said[0]
    assert "Reception" in world.said[0]
    happen(world, missed_call())
    assert len(world.sent) == 1


def test_a_group_s_mailbox_is_its_managers() -> None:
    world = a_world()
    happen(world, a_voicemail(mailbox="8000"))
    assert mailed(world) == [("VOICEMAIL_RECEIVED", ["max@example.com"])]


def test_two_workers_mail_one_voicemail_once() -> None:
    first, second = a_voicemail(callId="c1"), a_call(seconds=1)

    class Slow:
        """Lists that another worker changes after this one has read them."""

        def __init__(self, lists: FakeVoicemailLists) -> None:
            self.lists = lists

        def get(self, tenant: TenantId, name: str) -> MailedVoicemails:
            found = self.lists.get(tenant, name)
            if other := world.orders.queued:
                world.act(other.pop())
            return found

    world = EventWorld(wrap=lambda name, port: Slow(port) if name == "voicemails" else port)
    world.directory.add(*a_world().directory.things.values())
    world.take(first)
    world.take(second)
    world.act(world.orders.queued.pop(0))
    assert mailed(world) == [("VOICEMAIL_RECEIVED", ["olga@example.com"])]
    assert run_of(world, second).outcome is MailOutcome.SENT
    assert run_of(world, first).outcome is MailOutcome.ALREADY_SENT


OFF = NotificationSettings(
    tenant=ACME, user=UserId("max"), communication=frozenset(Communication) - {Communication.VOICEMAIL}
)
"""Settings of who wants no notices of voicemails."""


@pytest.mark.parametrize("settings", [OFF, NotificationSettings(tenant=ACME, user=UserId("max"), email_on=False)])
def test_decided_4_13_who_wants_no_voicemails_or_no_mails_gets_none(settings: NotificationSettings) -> None:
    world = a_world()
    world.preferences.add(settings)
    group = world.directory.things[ACME, Kind.GROUP, "q9"]
    assert isinstance(group, Group)
    world.directory.add(replace(group, managers=(UserId("max"), UserId("u1"))))
    happen(world, a_voicemail(mailbox="8000"))
    assert mailed(world) == [("VOICEMAIL_RECEIVED", ["u1@example.com"])]
    world.preferences.add(replace(settings, user=UserId("u1")))
    other = a_voicemail("v2", 600, mailbox="8000")
    happen(world, other)
    assert len(world.sent) == 1
    assert run_of(world, other).outcome is MailOutcome.SWITCHED_OFF


def voicemail_mailed(world: EventWorld) -> VoicemailMailed:
    return VoicemailMailed(events=world.rows, runs=world.inside.mail_runs, mail=world.mail, clock=world.clock)


@pytest.mark.parametrize("acted_before", [True, False])
def test_decided_4_13_whose_mail_it_is_does_not_depend_on_the_order(acted_before: bool) -> None:
    world, first, second = a_world(), a_voicemail(callId="c1"), a_call(seconds=1)
    for event in (first, second):
        world.take(event)
        if acted_before:
            world.work()
        assert list(voicemail_mailed(world)(ACME, event.name)) == ["olga"]
    world.work()
    assert mailed(world) == [("VOICEMAIL_RECEIVED", ["olga@example.com"])]


@pytest.mark.parametrize(
    "event", [missed_call(), an_event("disk.low"), a_voicemail(mailbox="4999"), a_voicemail(sandbox=True)]
)
def test_what_is_not_mailed_to_an_owner_is_nobody_s_mail(event: TelephonyEvent) -> None:
    world = a_world()
    world.take(event)
    assert list(voicemail_mailed(world)(ACME, event.name)) == []
    assert list(voicemail_mailed(world)(ACME, "gone")) == []


# --- secrets of new users ---------------------------------------------------------------------------------------


def found_secrets(text: str) -> list[str]:
    return [name for name, value in SECRETS.items() if value in text]


def test_decided_4_3_the_new_user_gets_the_secrets_and_the_recipients_do_not() -> None:
    world = a_world()
    happen(world, an_event("user.created"))
    assert mailed(world) == [("USER_CREATION", ["new@example.com"]), ("USER_CREATION", OPS)]
    assert world.sent[0].kept_for == timedelta(days=2)
    theirs, copy = world.said
    assert found_secrets(theirs) == list(SECRETS)
    assert not found_secrets(copy)
    assert "2010" in copy


def test_decided_4_4_the_new_user_learns_where_the_telephone_system_is() -> None:
    world = a_world()
    world.account = replace(world.account, pbx={"sip_public_ip": "198.51.100.7", "tls_port": "5061"})
    happen(world, an_event("user.created"))
    assert "198.51.100.7" in world.said[0]
    assert "5061" in world.said[0]


@pytest.mark.parametrize("world", [a_world(), EventWorld()], ids=["mailed", "switched off"])
def test_decided_4_3_secrets_leave_the_event_once_it_was_acted_on(world: EventWorld) -> None:
    event = an_event("user.created")
    world.take(event)
    kept = world.rows.kept[ACME, event.name]
    assert found_secrets(str(kept)) == list(SECRETS)  # they wait for the mail
    assert not found_secrets(str(packed(kept)))
    world.work()
    assert not found_secrets(str(world.rows.kept[ACME, event.name]))
    assert not found_secrets(str(world.inside.mail_runs.kept))


def test_decided_3_11_a_sandbox_event_is_not_mailed_and_its_secrets_are_not_kept() -> None:
    world, event = a_world(), an_event("user.created", sandbox=True)
    happen(world, event)
    assert not world.sent
    assert not found_secrets(str(world.rows.kept[ACME, event.name]))


def test_secrets_go_to_the_address_on_file_of_a_person_whom_the_directory_knows() -> None:
    world = a_world()
    known = a_user("u7", "onfile@example.com", external_id="x-7")
    world.directory.add(known, Line(tenant=ACME, id="l7", extension="2077", user=known.id))
    happen(world, an_event("user.created", email="thief@example.com"))
    assert mailed(world)[0] == ("USER_CREATION", ["onfile@example.com"])
    assert "2077" in world.said[0]


def test_decided_2_10_a_new_person_is_made_once_with_the_role_user_and_nobody_is_changed() -> None:
    world, event = a_world(), an_event("user.created")
    world.mail_settings.kept[ACME] = mail_settings()  # also if the mail is switched off
    happen(world, event, replace(event, id="again"))
    made = world.directory.by_external_id(ACME, Kind.USER, "x-7")
    assert isinstance(made, User)
    assert (made.email, made.name, made.role, made.state, made.source) == (
        "new@example.com", "Neo", "user", UserState.INVITED, "pbx",
    )  # fmt: skip
    (entry,) = world.directory.trail.entries.values()
    assert (entry.action, entry.thing.id, entry.who) == ("user.created", made.id, SYSTEM)
    before = dict(world.directory.things)
    changes: list[dict[str, Any]] = [
        {"userId": "x-8", "email": "Max@example.com"},
        {"displayName": "Mallory", "email": "m@example.com"},
    ]
    for known in changes:
        happen(world, an_event("user.created", id=str(known), **known))
    assert world.directory.things == before


@pytest.mark.parametrize(
    "given", [{"email": None}, {"email": "nobody@localhost"}, {"displayName": " ", "email": "a@b"}, {"sandbox": True}]
)
def test_an_event_from_which_no_person_can_be_made_is_no_fault(given: dict[str, Any]) -> None:
    world, event = a_world(), an_event("user.created", **given)
    before = dict(world.directory.things)
    happen(world, event)
    assert world.directory.things == before
    assert not world.rows.kept[ACME, event.name].owed


def test_a_person_without_a_name_has_that_of_the_address() -> None:
    world = a_world()
    happen(world, an_event("user.created", displayName=None))
    made = world.directory.by_natural_key(ACME, Kind.USER, "new@example.com")
    assert isinstance(made, User)
    assert made.name == "new"


def test_a_disabled_person_is_mailed_no_secrets() -> None:
    world, event = a_world(), an_event("user.created")
    world.directory.add(replace(a_user("u7", external_id="x-7"), state=UserState.DISABLED))
    happen(world, event)
    assert run_of(world, event).outcome is MailOutcome.NO_ADDRESS
    assert not found_secrets(str(world.rows.kept[ACME, event.name]))
