"""AH-90, AH-91, AH-92, S14: mails from people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import email, sms
from tests.unit.inbound.answering import ANA, BELIEVED, DOMAIN, HOUR, Answering
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.escalation.domain.escalation import answer_of
from tocsin.identity.domain.account_key import INSIDE
from tocsin.inbound.application.receive_mail import MailResult
from tocsin.inbound.domain.mail import InboundMail
from tocsin.inbound.domain.mail_receipt import Verdict
from tocsin.inbound.domain.own_text import trimmed
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.ports.responses import ResponseCounts

REFERENCE = "[TX-7F3K9Q2MXB]"
SUBJECT = "Trunk 7 is down"
MAILBOX, OTHERS = "ana@example.org", "bob@example.org"
QUOTE = "\n\nOn Sat, 21 Nov 2026 at 12:00, Alerts <alerts@alerts.example> wrote:\n> Trunk 7 is down\n"


@pytest.fixture
def world() -> Answering:
    return Answering()


def sent(world: Answering, *to: str, reference: str = REFERENCE, **options: Any) -> Alert:
    content, *rest = email(*(to or (MAILBOX, OTHERS)))
    item = (replace(content, subject=f"{SUBJECT} {reference}"), *rest)
    return world.send(item, reference=reference, **options)


def reply_address(world: Answering, alert: Alert, position: int = 0) -> str:
    return world.addresses(ChunkKey(alert.tenant, alert.ref, 0, 0), position)


def a_reply(text: str = "on my way", **facts: Any) -> InboundMail:
    return written(text + QUOTE, **facts)


def written(text: str, **facts: Any) -> InboundMail:
    """Return a mail of Ana as it is read: with her own text beside all of it."""
    subject = f"Re: {SUBJECT} {REFERENCE}"
    return replace(InboundMail(MAILBOX, ("alerts@alerts.example",), subject, text=text, own=trimmed(text)), **facts)


def test_ah_91_an_answer_to_the_address_of_a_mail_belongs_to_that_mail(world: Answering) -> None:
    alert = sent(world)

    mail = a_reply(addressed_to=(reply_address(world, alert),), subject="Re: something")
    assert world.mail(mail) is MailResult.RECORDED

    (response,) = world.kept(alert)
    assert (response.text, response.address, response.contact_id) == ("on my way", MAILBOX, "c0")
    (event,) = world.told(alert)
    assert (event.event, event.channel, event.alertee) == ("reply", Channel.EMAIL, MAILBOX)
    assert event.details == {
        "reply": "on my way",
        "replyEncoding": "utf8",
        "spf": "pass",
        "dkim": "pass",
        "dmarc": "pass",
        "evidence": "wrote",
        "counted": True,
    }
    assert world.responses.responded(response.key, range(2)) == {0: world.now}


def test_ah_91_an_answer_by_the_reference_in_the_subject_from_a_receiver(world: Answering) -> None:
    alert = sent(world)
    assert world.mail(a_reply(sender="BOB@example.org")) is MailResult.RECORDED
    assert [(response.contact_id, response.text) for response in world.kept(alert)] == [("c1", "on my way")]


def test_k7_who_answers_from_another_mailbox_is_the_receiver_and_the_mailbox_stands_beside(world: Answering) -> None:
    alert = sent(world, escalating=True)
    token = reply_address(world, alert)
    for sender in ("ana.private@example.net", "ANA@example.org", ""):
        world.mail(a_reply(sender=sender, addressed_to=(token,)))
    kept = world.kept(alert)
    assert [(one.address, one.contact_id, one.details.get("from")) for one in kept] == [
        (MAILBOX, "c0", "ana.private@example.net"),
        (MAILBOX, "c0", None),
        (MAILBOX, "c0", None),
    ]
    assert [event.alertee for event in world.told(alert)] == [MAILBOX] * 3
    link = Link(LinkKey(alert.tenant, alert.key_id, "duty"), alert.ref)
    people = {answer[2] for one in kept if (answer := answer_of(replace(one, link=link, escalation=alert.ref)))}
    assert len(people) == 1


def test_the_token_says_which_of_two_open_alerts(world: Answering) -> None:
    old = sent(world)
    world.now += HOUR
    new = sent(world, reference="[TX-0000000000]")
    world.mail(a_reply(addressed_to=(reply_address(world, old, 1),), subject="Re: [TX-0000000000]"))
    assert [response.contact_id for response in world.kept(old)] == ["c1"]
    assert world.kept(new) == []


MACHINES: list[dict[str, Any]] = [
    {"headers": {"auto-submitted": "auto-replied"}},
    {"headers": {"precedence": "bulk"}},
    {"return_path": ""},
    {"headers": {"content-type": "multipart/report; report-type=delivery-status"}},
    {"subject": f"Automatische Antwort: {SUBJECT} {REFERENCE}"},
    {"subject": f"Re: Automatic reply: {SUBJECT} {REFERENCE}"},
    {"own": trimmed("Ich bin bis Montag nicht im Haus.")},
]


@pytest.mark.parametrize("facts", MACHINES)
@pytest.mark.parametrize("by_token", [True, False])
def test_decided_8_3_a_machines_answer_is_kept_told_as_one_and_not_counted(
    world: Answering, facts: dict[str, Any], by_token: bool
) -> None:
    alert = sent(world, escalating=True)
    to = reply_address(world, alert) if by_token else "alerts@alerts.example"

    assert world.mail(a_reply("I am away", **{"addressed_to": (to,), **facts})) is MailResult.AUTOMATIC

    (response,) = world.kept(alert)
    assert not response.counted
    assert str(response.reason).startswith("automatic_")
    (event,) = world.told(alert)
    assert event.event == "autoReply"
    assert (event.details["automatic"], event.details["counted"], event.reason) == (True, False, response.reason)
    assert event.details["reply"] == response.text != ""
    assert world.responses.responded(response.key, range(2)) == {}
    assert world.responses.count(alert.tenant, alert.ref, world.now) == ResponseCounts(0, 1)


@pytest.mark.parametrize("facts", MACHINES[:4])
def test_decided_8_3_a_machine_without_token_and_reference_makes_no_row(
    world: Answering, facts: dict[str, Any]
) -> None:
    alert = sent(world)
    for subject, sender in (("Undeliverable", MAILBOX), (f"Re: {REFERENCE}", "mailer-daemon@x.org")):
        assert world.mail(a_reply(subject=subject, sender=sender, **facts)) is MailResult.MACHINE
    assert not world.kept(alert)
    assert not world.told(alert)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-auto-response-suppress": "All"},
        {"x-auto-response-suppress": "DR, RN, NRN, OOF, AutoReply"},
        {"list-unsubscribe": "<mailto:leave@example.org>", "list-id": "<noc.example.org>", "precedence": "list"},
        {"x-loop": "noc@example.org"},
    ],
)
@pytest.mark.parametrize("subject", ["Out of the office key missing", "Mail delivery van broke down"])
def test_k4_a_persons_answer_counts_whatever_servers_and_lists_add(
    world: Answering, headers: dict[str, str], subject: str
) -> None:
    alert = sent(world)
    mail = a_reply(addressed_to=(reply_address(world, alert),), headers=headers, subject=subject)
    assert world.mail(mail) is MailResult.RECORDED
    assert [(one.text, one.counted) for one in world.kept(alert)] == [("on my way", True)]


@given(
    st.fixed_dictionaries({}, optional={name: st.text(max_size=20) for name in ("subject", "sender", "return_path")}),
    st.dictionaries(
        st.sampled_from(["auto-submitted", "precedence", "list-id", "content-type", "x-autoreply"]), st.text()
    ),
    st.text(max_size=60),
)
def test_decided_8_7_with_a_genuine_token_nothing_is_dropped_and_a_text_is_never_lost(
    facts: dict[str, Any], headers: dict[str, str], text: str
) -> None:
    world = Answering()
    alert = sent(world)
    world.mail(written(text, addressed_to=(reply_address(world, alert),), headers=headers, **facts))
    (response,) = world.kept(alert)
    (event,) = world.told(alert)
    assert bool(response.text) >= bool(text.strip())
    assert event.details.get("counted", True) is response.counted
    assert event.event == ("autoReply" if str(response.reason).startswith("automatic") else "reply")


@pytest.mark.parametrize("subject", ["Re: Trunk 7 is down", "[TX-0000000000]", ""])
def test_ah_92_without_a_known_reference_there_is_no_event(world: Answering, subject: str) -> None:
    sent(world)
    assert world.mail(a_reply(subject=subject)) is MailResult.NO_REFERENCE
    assert not world.responses.kept


@pytest.mark.parametrize("by_token", [True, False])
def test_ah_92_after_the_lifetime_there_is_no_event(world: Answering, by_token: bool) -> None:
    alert = sent(world)
    assert alert.expires_at is not None
    world.now = alert.expires_at
    to = reply_address(world, alert) if by_token else "alerts@alerts.example"
    assert world.mail(a_reply(addressed_to=(to,))) is MailResult.NOTHING_OPEN
    assert not world.responses.kept
    assert not world.results.told


@pytest.mark.parametrize("by_token", [True, False])
def test_ah_92_an_answer_counts_to_the_last_millisecond_and_is_read_no_longer_than_its_alert(
    world: Answering, by_token: bool
) -> None:
    alert = sent(world)
    assert alert.expires_at is not None
    to = reply_address(world, alert) if by_token else "alerts@alerts.example"
    world.now = alert.expires_at - timedelta(milliseconds=1)
    assert world.mail(a_reply("in time", addressed_to=(to,))) is MailResult.RECORDED
    assert [response.text for response in world.kept(alert)] == ["in time"]
    assert [event.event for event in world.told(alert)] == ["reply"]

    world.now = alert.expires_at

    assert world.mail(a_reply("too late", addressed_to=(to,))) is MailResult.NOTHING_OPEN
    assert (world.kept(alert), world.told(alert)) == ([], [])
    assert len(world.responses.kept) == 1


def test_ah_92_what_counts_is_when_the_mail_reached_us_and_not_when_it_was_taken_in(world: Answering) -> None:
    alert = sent(world)
    assert alert.expires_at is not None
    arrived = alert.expires_at - timedelta(seconds=1)
    world.now = alert.expires_at + HOUR
    assert world.mail(a_reply(), at=arrived) is MailResult.RECORDED


def test_s14_a_reference_alone_is_no_credential(world: Answering) -> None:
    alert = sent(world)
    for stranger in ("eve@example.org", ""):
        assert world.mail(a_reply(sender=stranger)) is MailResult.NOT_A_RECEIVER
    assert world.kept(alert) == []


FORGED = replace(BELIEVED, spf=Verdict.PASS, source="eve@attacker.example", dmarc=Verdict.FAIL)


def test_decided_8_1_a_spoofed_sender_with_a_stolen_reference_is_kept_and_not_counted(world: Answering) -> None:
    alert = sent(world)
    assert world.mail(a_reply(), receipt=FORGED) is MailResult.SENDER_NOT_BELIEVED
    (response,) = world.kept(alert)
    assert (response.counted, response.reason) == (False, "sender_not_believed")
    (event,) = world.told(alert)
    assert (event.event, event.details["counted"], event.reason) == ("reply", False, "sender_not_believed")
    assert event.details["sender_believed"] is False
    assert world.responses.count(alert.tenant, alert.ref, world.now) == ResponseCounts(0, 1)
    assert world.responses.responded(response.key, range(2)) == {}


def test_decided_8_1_a_genuine_token_counts_whatever_the_verdicts_and_says_so(world: Answering) -> None:
    alert = sent(world)
    token = reply_address(world, alert)
    assert world.mail(a_reply(addressed_to=(token,)), receipt=FORGED) is MailResult.RECORDED
    assert world.mail(a_reply(addressed_to=(token,)), receipt=None) is MailResult.RECORDED
    assert [(one.counted, one.details["sender_believed"]) for one in world.kept(alert)] == [(True, False)] * 2
    assert "dmarc" not in world.kept(alert)[1].details


def test_decided_8_2_a_record_that_comes_later_lets_the_answer_count_once_and_late(world: Answering) -> None:
    # given an answer that was processed without its record
    alert = sent(world)
    assert world.mail(a_reply(), id="m-1", receipt=None) is MailResult.SENDER_NOT_BELIEVED
    (before,) = world.kept(alert)

    # when the record comes, twice
    for _ in range(2):
        assert world.mail(a_reply(), id="m-1") is MailResult.RECORDED

    # then the answer counts, and a second event says so
    (after,) = world.kept(alert)
    assert (before.counted, after.counted, after.late, after.reason) == (False, True, True, None)
    assert world.responses.responded(after.key, range(2)) == {0: world.now}
    events = world.told(alert)
    assert [(event.details.get("counted"), event.details.get("late")) for event in events] == [
        (False, None),
        (True, True),
    ]
    assert events[0].event_id != events[1].event_id

    # and a delivery without the record changes nothing
    world.mail(a_reply(), id="m-1", receipt=None)
    assert world.kept(alert) == [after]


def test_s14_a_token_made_up_for_another_alert_or_tenant_counts_for_nothing(world: Answering) -> None:
    mine, theirs = sent(world), sent(world, tenant=TenantId("other"), reference="[TX-0000000000]")
    address = reply_address(world, mine)
    forged = address.replace("+acme.", "+other.", 1)
    nobody = address.replace("+acme.", "+nobody.", 1)
    altered = address[:10] + ("a" if address[10] != "a" else "b") + address[11:]
    local, _, domain = address.partition("@")
    unsigned = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    for to in (forged, nobody, altered, unsigned, f"{address}.elsewhere.example"):
        assert world.mail(a_reply(addressed_to=(to,), subject="Re: no reference")) is MailResult.NO_REFERENCE
    assert world.kept(mine) == world.kept(theirs) == []


def test_s14_a_token_for_a_tenant_nobody_has_heard_of_makes_it_no_key(world: Answering) -> None:
    asked: list[TenantId] = []
    world.addresses.keyed = lambda tenant, named: asked.append(tenant) or b"x" * 32  # type: ignore[method-assign,func-returns-value]
    world.mail(a_reply(addressed_to=(f"r+nobody.{'a' * 40}@{DOMAIN}",), subject=""))
    assert asked == []


def test_a_sender_who_got_a_text_and_no_mail_of_this_alert_is_no_receiver_of_it(world: Answering) -> None:
    world.send(sms(ANA), email(OTHERS), reference=REFERENCE)
    assert world.mail(a_reply()) is MailResult.NOT_A_RECEIVER
    assert world.mail(a_reply(sender=OTHERS)) is MailResult.RECORDED


def test_a_receiver_far_down_the_list_is_found(world: Answering) -> None:
    alert = sent(world, *(f"n{n}@example.org" for n in range(600)))
    world.mail(a_reply(sender="n599@example.org"))
    (response,) = world.kept(alert)
    assert (response.key.chunk, response.position, response.contact_id) == (2, 99, "c599")


def test_s14_an_answer_to_an_older_mail_is_late_once_a_newer_alert_has_gone_to_the_mailbox(world: Answering) -> None:
    old = sent(world)
    world.now += HOUR
    elsewhere = sent(world, OTHERS, reference="[TX-8888888888]")  # to Bob only
    assert world.mail(a_reply("ana in time")) is MailResult.RECORDED
    world.now += HOUR
    sent(world, "ANA@example.org", reference="[TX-9999999999]")

    assert world.mail(a_reply("ana late")) is MailResult.RECORDED
    assert world.mail(a_reply("bob late", sender=OTHERS)) is MailResult.RECORDED
    assert world.mail(a_reply("newest", addressed_to=(reply_address(world, elsewhere),))) is MailResult.RECORDED

    assert [(one.text, one.late) for one in world.kept(old)] == [
        ("ana in time", False),
        ("ana late", True),
        ("bob late", True),
    ]
    assert [event.details.get("late") for event in world.told(old)] == [None, True, True]
    assert [one.late for one in world.kept(elsewhere)] == [False]


@pytest.mark.parametrize("why", ["over", "never went out", "sandbox", "system", "inside"])
def test_s14_a_newer_alert_that_is_over_or_reached_nobody_makes_no_answer_late(world: Answering, why: str) -> None:
    old = sent(world, lifetime=30 * 24 * HOUR)
    world.now += HOUR
    newer = sent(world, reference="[TX-9999999999]", sandbox=why == "sandbox")
    if why == "over":
        for key, said in world.conversations.said.items():
            world.conversations.said[key] = {
                replace(one, expires_at=world.now) if one.key.alert == newer.ref else one for one in said
            }
    if why == "never went out":
        world.rows.rows = {place: row for place, row in world.rows.rows.items() if place[0].alert != newer.ref}
    if why in ("system", "inside"):
        world.conversations.said.clear()
        item = newer.items[0]
        place = next(newer.batches()).key
        to = list(enumerate(world.alerts.recipients(place)))
        of_tocsin = replace(newer, system=True) if why == "system" else replace(newer, key_id=INSIDE)
        world.remember_mails(of_tocsin, item, place, to)
        assert not world.conversations.said

    assert world.mail(a_reply()) is MailResult.RECORDED

    assert [one.late for one in world.kept(old)] == [False]


def test_a_mail_delivered_again_is_as_late_as_the_first_time(world: Answering) -> None:
    old = sent(world)
    world.event_publisher.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.mail(a_reply(), id="m1")
    world.now += HOUR
    sent(world, reference="[TX-9999999999]")

    assert world.mail(a_reply(), id="m1") is MailResult.REPEATED

    assert [one.late for one in world.kept(old)] == [False]
    assert [event.details.get("late") for event in world.told(old)] == [None]


def test_a_store_that_is_down_keeps_no_mail_back(world: Answering) -> None:
    world.conversations.outage.failing = 1
    alert = sent(world)
    assert world.conversations.said == {}
    assert world.mail(a_reply()) is MailResult.RECORDED
    assert [one.late for one in world.kept(alert)] == [False]


def test_a_mail_delivered_again_is_one_answer(world: Answering) -> None:
    alert = sent(world)
    assert world.mail(a_reply(), id="m-1") is MailResult.RECORDED
    assert world.mail(a_reply(), id="m-1") is MailResult.REPEATED
    assert (len(world.kept(alert)), len(world.told(alert))) == (1, 1)


@pytest.mark.parametrize("port", ["alerts", "references", "responses", "event_publisher"])
def test_a_mail_that_was_cut_short_anywhere_is_one_answer_when_it_comes_again(world: Answering, port: str) -> None:
    alert = sent(world)
    getattr(world, port).outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.mail(a_reply(), id="m-1")
    world.mail(a_reply(), id="m-1")
    assert (len(world.kept(alert)), len(world.told(alert))) == (1, 1)


def test_decided_8_7_a_mail_of_which_trimming_leaves_nothing_is_its_whole_text(world: Answering) -> None:
    alert = sent(world)
    assert world.mail(a_reply("")) is MailResult.RECORDED
    details = world.told(alert)[0].details
    assert (details["reply"], details["trimmed"]) == (QUOTE.strip(), False)


@pytest.mark.parametrize(
    ("subject", "said", "result"),
    [
        ("Going", "Going", MailResult.RECORDED),
        (f"Re: Going now! {REFERENCE}", "Going now!", MailResult.RECORDED),
        (f"Re: {SUBJECT} - I go {REFERENCE}", f"{SUBJECT} - I go", MailResult.RECORDED),
        ("👍", "👍", MailResult.RECORDED),
        (f"Re: {SUBJECT} {REFERENCE}", "", MailResult.EMPTY),
        (f"RE:AW: {SUBJECT.upper()}", "", MailResult.EMPTY),
        (f"Re: {REFERENCE}", "", MailResult.EMPTY),
        ("", "", MailResult.EMPTY),
    ],
)
def test_decided_8_7_without_a_text_the_subject_answers_if_it_is_not_ours(
    world: Answering, subject: str, said: str, result: MailResult
) -> None:
    alert = sent(world)
    assert world.mail(written(" \n", addressed_to=(reply_address(world, alert),), subject=subject)) is result
    (response,) = world.kept(alert)
    assert (response.text, response.reason) == (said, None if said else "empty")
    assert world.told(alert)[0].event == "reply"
    assert bool(world.responses.responded(response.key, range(2))) is bool(said)
