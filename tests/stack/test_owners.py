"""The owner of a key hears by mail that its receiver is gone, past everything that stands between; the client reads why."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator
from email.parser import BytesParser
from typing import Any

import pytest

from infra.local.api import Api
from tests.fakes.receiver import receiver
from tests.stack.system import System, sms
from tests.stack.system import email as mail


@pytest.fixture
def owner(lively: System) -> Iterator[str]:
    """Return the mailbox of the live key's owner."""
    (mailbox,) = lively.mailboxes(1)
    _set(lively, ownerEmail=mailbox)
    yield mailbox
    _set(lively, ownerEmail=None)


def _set(system: System, **settings: Any) -> dict[str, Any]:
    answer = system.callers["live"].post("/setinfo", {"version": "latest", **settings})
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def test_w4_w7_a_receiver_that_is_gone_is_mailed_to_the_owner_and_shown_with_its_words(
    lively: System, owner: str
) -> None:
    # given a receiver that wants no more
    (phone,) = lively.phones(1)
    with receiver() as hook:
        hook.statuses, hook.says = [410], b"moved to \x1b[31mmars\n"

        # when an alert's results are called back there
        options = {"notification": "callback", "callbackURL": f"{hook.url}/in?token=s3cret"}
        ref = lively.sent("live", sms([phone]), options=options)

        # then its owner has one mail that names the host and no more
        arrived = lively.awaited(lambda: lively.outside.mails.newest(owner), lambda found: found is not None, 60)
    assert arrived is not None
    opened = BytesParser(policy=email.policy.default).parsebytes(arrived)
    assert (opened["Subject"], opened["Auto-Submitted"]) == ("[Tocsin] Callbacks are disabled", "auto-generated")
    body = opened.get_body(("plain",))
    assert body is not None
    assert "it answered 410 Gone" in body.get_content()
    assert "s3cret" not in body.get_content()
    assert len([one for one in lively.received([owner]) if one.to == owner]) <= 1

    # and the client reads what was said to it
    asked = {"version": "latest", "getCallbackInfo": True, "getMessages": True}
    info = lively.callers["live"].post("/getinfo", asked).body["info"]
    (gone,) = [one for one in info["callbacks"]["endpoints"] if one["callbackUrl"].startswith(hook.url)]
    assert (gone["state"], gone["disabledReason"]) == ("disabled", "gone")
    asked |= {"callbackOptions": {"endpointId": gone["endpointId"]}}
    deliveries = lively.callers["live"].post("/getinfo", asked).body["info"]["callbacks"]["deliveries"]
    (attempt,) = [try_ for one in deliveries for try_ in one["attempts"]]
    assert (attempt["status"], attempt["answer"]) == (410, r"moved to \x1b[31mmars\n")
    assert "callback_disabled" in {message["code"] for message in info["messages"]}

    # and the mail is in no list of the client's
    listed = lively.callers["live"].get("/alerts?limit=100").body["items"]
    assert ref in {one["alert_ref"] for one in listed}
    assert "tocsin" not in {one["client_ref"] for one in listed}


def _tenant(system: System, name: str, *sending_limits: str) -> str:
    """Make a tenant whose live key has an owner, and a caller of its name; return the owner's mailbox."""
    (mailbox,) = system.mailboxes(1)
    system.operator.create_tenant(name, name.title(), "anywhere")
    if sending_limits:
        system.operator.run("tenant", "set", "--tenant", name, *sending_limits)
    words = ("--tenant", name, "--kind", "live", "--name", name, "--right", "canReadAlerts", "--owner-email", mailbox)
    system.callers[name] = Api(system.stack.api, system.operator.run("key", "create", *words).strip())
    return mailbox


def _told(system: System, mailbox: str) -> str:
    """Wait for a mail and return its subject."""
    arrived = system.awaited(lambda: system.outside.mails.newest(mailbox), lambda found: found is not None, 90)
    assert arrived is not None
    return str(BytesParser(policy=email.policy.default).parsebytes(arrived)["Subject"])


def test_s15_the_owner_is_mailed_when_the_money_is_spent(lively: System) -> None:
    mailbox = _tenant(lively, "capped", "--daily-spend", "0")
    (phone,) = lively.phones(1)

    ref = lively.sent("capped", sms([phone]))

    assert lively.states("capped", ref, {phone: "suppressed"}) == {phone: "spend_cap"}
    assert _told(lively, mailbox) == "[Tocsin] Today's limit for texts and calls is reached"


def test_the_owner_is_mailed_past_the_pause_that_bounces_bring_about(lively: System) -> None:
    mailbox = _tenant(lively, "bouncy")
    gone = [f"bounce+pause{n}@simulator.amazonses.com" for n in range(22)]

    lively.sent("bouncy", mail(gone))

    assert _told(lively, mailbox) == "[Tocsin] Your email is paused"
    asked = {"version": "latest", "getMessages": True, "getSendingLimitInfo": True}
    info = lively.callers["bouncy"].post("/getinfo", asked).body["info"]
    assert [one["channel"] for one in info["sendingLimits"]["paused"]] == ["email"]
    assert "email_paused" in {message["code"] for message in info["messages"]}


def test_a1_a_rotation_that_is_repeated_is_one(lively: System) -> None:
    asked = {"version": "latest", "callback": {"callbackUrl": "https://hooks.example.org/once", "rotateSecret": True}}
    headers = {"Idempotency-Key": "rotate-once"}
    first, again = (lively.callers["live"].post("/setinfo", asked, headers).body for _ in range(2))
    assert first["callback"]["secret"] == again["callback"]["secret"]
    other = lively.callers["live"].post("/setinfo", {"version": "latest", "transliterate": False}, headers)
    assert other.status == 422
