"""Alerts through the deployed system: from POST to what phones and mailboxes really got."""

from __future__ import annotations

from collections import Counter

from tests.stack.system import System, email, sms


def test_everybody_gets_one_text_and_one_mail(system: System) -> None:
    # given three people with a phone and a mailbox each
    phones, mailboxes = system.phones(3), system.mailboxes(3)

    # when one call reaches them by both
    ref = system.sent("live", sms(phones, "water in rack 4"), email(mailboxes))

    # then each has exactly one of each
    recipients = system.settled("live", ref)
    assert Counter(one["state"] for one in recipients) == {"sent": 6}
    left = system.received(phones + mailboxes)
    assert Counter((message.channel, message.to) for message in left) == Counter(
        [("sms", phone) for phone in phones] + [("email", mailbox) for mailbox in mailboxes]
    )
    assert {message.text for message in left if message.channel == "sms"} == {"water in rack 4"}
    # and the mail's subject carries the reference that ties an answer to the alert
    subjects = {message.text for message in left if message.channel == "email"}
    assert len(subjects) == 1
    assert subjects.pop().startswith("North gate")

    # and each is reported once, with what AH-130 promises
    events = system.events("live", ref, 6)
    assert Counter((event["type"], event["event"], *event["alertees"]) for event in events) == Counter(
        [("sms", "sent", phone) for phone in phones] + [("email", "sent", mailbox) for mailbox in mailboxes]
    )
    assert {(event["clientRef"], event["alertId"]) for event in events} == {("stack-test", ref)}
    assert {(event["type"], event["tag"]) for event in events} == {("sms", "e0"), ("email", "e1")}
    assert system.events("live", ref, 0) == []


def test_a_stored_group_and_a_stored_text_reach_the_same_people(system: System) -> None:
    phones = system.phones(2)
    contacts = [{"id": f"c{place}", "sms": phone} for place, phone in enumerate(phones)]
    stored = system.callers["live"].post(
        "/storecontent",
        {
            "version": "latest",
            "content": [
                {
                    "contentType": "contactGroup",
                    "tag": "g",
                    "content": {
                        "name": "night shift",
                        "contacts": contacts,
                        "sets": [{"name": "first", "ids": ["c0"]}],
                    },
                    "storeDetails": {"storeName": "night shift"},
                },
                {"contentType": "sms", "tag": "t", "content": "from the store", "storeDetails": {"storeName": "words"}},
            ],
        },
    )
    assert stored.status == 200, stored.body
    assert [entry["success"] for entry in stored.body["content"]] == [True, True]

    ref = system.sent(
        "live",
        {
            "alertType": "sms",
            "sender": "Tocsin",
            "contactSets": ["first"],
            "contacts": ["c1"],
            "storedContent": stored.body["content"][1]["storeId"],
        },
        contactGroup={"storedContactGroup": {"storeName": "night shift"}},
    )

    recipients = system.settled("live", ref)
    assert {one["contact_id"]: one["state"] for one in recipients} == {"c0": "sent", "c1": "sent"}
    assert Counter(message.to for message in system.received(phones)) == Counter(phones)
    assert {message.text for message in system.received(phones)} == {"from the store"}


def test_a_thousand_receivers_each_get_it_once(system: System) -> None:
    phones = system.phones(1000)

    ref = system.sent("live", sms(phones))

    recipients = system.settled("live", ref, seconds=180)
    assert len(recipients) == 1000
    assert Counter(one["state"] for one in recipients) == {"sent": 1000}
    assert Counter(message.to for message in system.received(phones)) == Counter(phones)
    status = system.callers["live"].get(f"/alerts/{ref}").body
    assert status["counts"]["sent"] == 1000


def test_a_repeated_call_is_answered_as_before_and_sends_nothing(system: System) -> None:
    phones = system.phones(1)
    once = {"Idempotency-Key": "stack-replay-1"}

    first = system.send("live", sms(phones), headers=once)
    system.settled("live", first.body["alertRef"])
    again = system.send("live", sms(phones), headers=once)

    assert (first.status, again.status) == (200, 200)
    assert again.body == first.body
    assert [message.to for message in system.received(phones)] == phones

    # a different request under the same key is a mistake of the caller, not a send
    other = system.send("live", sms(phones, "something else"), headers=once)
    assert other.status in (409, 422)
    assert [message.to for message in system.received(phones)] == phones


def test_a_sandbox_key_runs_everything_and_lets_nothing_out(system: System) -> None:
    fates = {
        "+447700900000": "sent",
        "+447700900002": "failed",
        "+447700900001": "retry_wait",
        "+447700900004": "unknown",
    }
    mail = "permanent-failure@sandbox.tocsin.example"
    before = system.received([*fates, mail])

    ref = system.sent("sandbox", sms(list(fates)), email([mail]))

    recipients = system.awaited(
        lambda: system.recipients("sandbox", ref),
        lambda found: {one["address"]: one["state"] for one in found} == {**fates, mail: "failed"},
        30,
    )
    assert {one["reason"] for one in recipients if one["state"] == "failed"} == {"sandbox_permanent_failure"}
    assert system.received([*fates, mail]) == before


def test_a_refusal_for_now_is_tried_again_by_itself(system: System) -> None:
    ref = system.sent("sandbox", sms(["+447700900005"]))

    (recipient,) = system.settled("sandbox", ref, seconds=60)

    assert (recipient["state"], recipient["attempts"]) == ("sent", 2)
