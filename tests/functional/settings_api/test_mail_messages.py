"""Mails about events by API: what became of the mail of one event, the list of 90 days, and who reads them (PN-30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import an_acceptance, email
from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tests.unit.tenant_mail.mailed import SECRETS, an_event
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.directory.domain.things import Line
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role
from tocsin.kernel.domain.ids import AlertRef, RoleId, UserId
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.tenant_mail.domain.mail_run import MailRun
from tocsin.tenant_mail.domain.mailed_events import MailOutcome, mailed_type

SAID = {"auth_failed": "535 5.7.8 authentication failed", "refused": "550 5.1.1 unknown"}
MESSAGES = "/tenant/notification/messages"


def happened(world: World, type: str = "disk.low", id: str = "e1", *, owed: bool = False, **data: Any) -> StoredEvent:
    """Keep an event of line 2001 that may be mailed."""
    now = world.clock()
    event = an_event(type, now, id=id, line="2001", **data)
    mailed = mailed_type(event)
    stored = StoredEvent.new(event, () if mailed is None else (["mail", mailed.template],), {})
    world.events.insert(ACME, [replace(stored, owed=owed)])
    return stored


def ran(world: World, stored: StoredEvent, outcome: MailOutcome, alert: AlertRef | None = None, **more: Any) -> None:
    """Let the mail about an event have this outcome."""
    mailed = mailed_type(stored.event)
    assert mailed is not None
    world.mail_runs.add(
        MailRun(
            tenant=ACME, id=stored.place, event=stored.name, at=stored.event.received_at, template=mailed.template,
            outcome=outcome, alert=alert, **more,
        )
    )  # fmt: skip


def sent(world: World, stored: StoredEvent, *messages: Message) -> None:
    """Let a mail about an event be sent to r0@example.com, r1@example.com …, with these message rows."""
    acceptance = an_acceptance(email(*(f"r{n}@example.com" for n in range(len(messages)))), at=world.clock())
    world.alerts.accept(acceptance)
    (chunk,) = acceptance.chunks
    world.messages.save(chunk, messages)
    for message in messages:
        if message.reason in SAID:
            id = MessageId(chunk, message.position, message.attempt)
            world.refused_mails.note(id, SAID[message.reason], world.clock(), waits=False)
    ran(world, stored, MailOutcome.SENT, acceptance.alert.ref, custom=True)


def row(position: int, state: MessageState, **more: Any) -> Message:
    return Message(position, state, 1, 2, (), **more)


def test_decided_4_7_an_event_explains_what_became_of_its_mail(world: World) -> None:
    stored = happened(world, "emergency.call")
    next_try = world.clock() + timedelta(minutes=1)
    sent(
        world,
        stored,
        row(0, MessageState.RETRY_WAIT, reason="auth_failed", due_at=next_try),
        row(1, MessageState.FAILED, reason="refused"),
        row(2, MessageState.SENT, provider_id="<e1@smtp.example.com>"),
        row(3, MessageState.SENT, provider_id="0102-3f"),
    )

    answer = world.call("GET", f"/events/{stored.name}/explain")

    assert answer.status == 200, answer.text
    (act,) = answer.json["acts"]
    messages = act.pop("messages")
    assert act == {"kind": "mail", "template": "EMERGENCY_CALL", "custom": True, "outcome": "sent"}
    assert messages == [
        shown("r0", "retry_wait", "auth_failed", said=SAID["auth_failed"], next_try_at="2026-11-23T12:01:00.000Z"),
        shown("r1", "failed", "refused", said=SAID["refused"]),
        shown("r2", "sent", transport="own"),
        shown("r3", "sent", transport="system"),
    ]


def shown(name: str, state: str, reason: str | None = None, **more: Any) -> dict[str, Any]:
    empty = {"said": None, "attempts": 2, "next_try_at": None, "transport": None}
    return {"recipient": f"{name}@example.com", "state": state, "reason": reason, **empty, **more}


def test_an_event_says_why_it_was_not_mailed(world: World) -> None:
    def outcome(stored: StoredEvent) -> Any:
        (act,) = world.call("GET", f"/events/{stored.name}/explain").json["acts"]
        assert act["messages"] == []
        return act["outcome"]

    old = happened(world, id="e1")
    ran(world, old, MailOutcome.TOO_OLD)
    assert outcome(old) == "too_old"
    assert outcome(happened(world, "queue.call_lost", id="e2")) == "switched_off"
    assert outcome(happened(world, "queue.call_lost", id="e3", owed=True)) is None
    missed = happened(world, "call.ended", id="e4", status="missed")
    assert world.call("GET", f"/events/{missed.name}/explain").json["acts"] == []


def test_pn_30_the_list_has_every_message_and_what_was_never_one(world: World) -> None:
    sent(world, happened(world, "disk.low", "e1"), row(0, MessageState.SENT), row(1, MessageState.FAILED))
    world.clock.advance(timedelta(seconds=1))
    ran(world, happened(world, "trunk.connected", "e2"), MailOutcome.NO_MAIL_SERVER)
    ran(world, happened(world, "voicemail.received", "e3"), MailOutcome.ALREADY_SENT, AlertRef("of another event"))

    answer = world.call("GET", MESSAGES)

    assert answer.status == 200, answer.text
    told = [(each["template"], each["recipient"], each["state"], each["reason"]) for each in answer.json["items"]]
    assert told == [
        ("TRUNK_CONNECTED", None, "not_sent", "no_mail_server"),
        ("DISK_LOW", "r0@example.com", "sent", None),
        ("DISK_LOW", "r1@example.com", "failed", None),
    ]
    failed = world.call("GET", f"{MESSAGES}?state=failed").json["items"]
    assert [each["recipient"] for each in failed] == ["r1@example.com"]
    (lost,) = world.call("GET", f"{MESSAGES}?state=not_sent").json["items"]
    assert (lost["event_id"], lost["at"]) == (happened(world, "trunk.connected", "e2").name, "2026-11-23T12:00:01.000Z")


def test_a_mail_whose_messages_are_gone_is_in_the_list(world: World) -> None:
    ran(world, happened(world, "user.created"), MailOutcome.SENT, AlertRef("gone"))
    (told,) = world.call("GET", MESSAGES).json["items"]
    assert (told["state"], told["recipient"], told["reason"]) == ("forgotten", None, "sent")
    assert world.call("GET", f"{MESSAGES}?state=not_sent").json["items"] == []


def test_the_list_is_read_page_by_page_for_90_days(world: World) -> None:
    for n in range(3):
        ran(world, happened(world, id=f"e{n}"), MailOutcome.NO_RECIPIENTS)
        world.clock.advance(timedelta(minutes=1))
    first = world.call("GET", f"{MESSAGES}?limit=2").json
    second = world.call("GET", f"{MESSAGES}?limit=2&cursor={first['next_cursor']}").json
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [2, 1, None]
    world.clock.advance(timedelta(days=90))
    assert world.call("GET", MESSAGES).json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "who=x", "cursor=x"])
def test_a_query_that_cannot_be_is_told(world: World, query: str) -> None:
    answer = world.call("GET", f"{MESSAGES}?{query}")
    assert (answer.status, answer.json["errors"][0]["detail"]) == (400, f"/{query.partition('=')[0]}")


def test_who_manages_tenant_mail_reads_the_list(world: World) -> None:
    for role in SystemRole:
        world.as_role(role)
        expected = 200 if role in (SystemRole.OWNER, SystemRole.ADMIN) else 403
        assert world.call("GET", MESSAGES).status == expected, role
    custom = Role(ACME, RoleId("mailer"), "Mailer", {Permission.MAIL: Reach.ALL})
    world.as_person(world.person("mailer", "mailer"), custom)
    assert world.call("GET", MESSAGES).status == 200
    world.as_key(RoleId("user"))
    assert world.call("GET", MESSAGES).status == 403


def test_s_1_an_account_reads_its_own_mails(world: World) -> None:
    ran(world, happened(world), MailOutcome.NO_RECIPIENTS)
    world.as_role(SystemRole.OWNER, RIVAL)
    assert world.call("GET", MESSAGES).json["items"] == []


def test_who_sees_the_event_without_managing_mail_sees_no_receivers(world: World) -> None:
    stored = happened(world, "voicemail.received")
    sent(world, stored, row(0, MessageState.SENT))
    world.directory.add(Line(tenant=ACME, id="mine", extension="2001", user=UserId(f"user-{ACME}")))
    world.as_role(SystemRole.USER)
    answer = world.call("GET", f"/events/{stored.name}/explain")
    assert answer.status == 200, answer.text
    (act,) = answer.json["acts"]
    assert (act["outcome"], act["messages"]) == ("sent", None)


def test_decided_4_3_the_secrets_of_an_event_that_waits_are_not_shown(world: World) -> None:
    stored = happened(world, "user.created", owed=True)
    for path in (f"/events/{stored.name}", f"/events/{stored.name}/explain", "/events"):
        answer = world.call("GET", path)
        assert answer.status == 200, answer.text
        assert "x-7" in answer.text
        assert not [secret for secret in SECRETS.values() if secret in answer.text]
