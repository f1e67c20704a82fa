"""Keyword triggers (1.12): armed by a call, set off by people, sent once, told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import KEY, TENANT
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.unit.alerts.desk import a_claim, a_key
from tests.unit.inbound.answering import BELIEVED, Answering
from tests.unit.triggers.triggering import (
    ANA,
    DAY,
    DOMAIN,
    HOUR,
    MINUTE,
    OURS,
    THEIRS,
    Triggering,
    asked,
    body,
    by_link,
    by_mail,
    by_text,
)
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.features import TriggerKind, TriggerOptions
from tocsin.alerts.domain.request import DeferralOptions
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.inbound.application.receive_mail import MailResult
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.domain.mail_receipt import Verdict
from tocsin.inbound.domain.own_text import trimmed
from tocsin.kernel.domain.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
    StorageUnavailable,
)
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.responses.domain.two_way import BY_MAIL, Said
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.domain.store_request import DeleteElement, DeleteRequest
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.triggers.application.fire import KeywordMessage
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRunState


@pytest.fixture
def world() -> Triggering:
    return Triggering()


def faults(refused: pytest.ExceptionInfo[InvalidRequest]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


# --- arming -------------------------------------------------------------------------------------------------------


def test_an_alert_with_a_trigger_is_stored_and_not_sent(world: Triggering) -> None:
    result = world.arm(asked(by_text(), by_mail("Brand"), by_link()))

    assert result.store_id is not None
    assert result.sent is None
    assert world.alerts.alerts == {}
    assert world.desk.queue.orders == []
    assert [active.where for active in result.words] == [(OURS,), (world.mailboxes(TENANT, KEY),), ()]
    assert world.stores.get(TENANT, KEY, StoreRef(result.store_id), ContentType.ALERT, world.clock()) is not None
    assert result.expiration_in_days == 365


def test_a_trigger_of_a_stored_alert_is_armed_with_the_call_which_is_sent(world: Triggering) -> None:
    stored = world.store(name="drill")

    result = world.arm(asked(store=StoreRef(name="drill")), body(ANA, text="tap to start"))

    assert result.store_id == stored.store_id
    assert result.sent is not None
    assert result.sent.success
    assert [alert.items[0].content.text for alert in world.alerts.alerts.values()] == ["tap to start"]  # type: ignore[union-attr]
    world.text("fire")
    assert [alert.items[0].content.text for alert in world.sent()] == ["Leave the building"]  # type: ignore[union-attr]


def test_a_call_of_which_nothing_is_accepted_arms_nothing(world: Triggering) -> None:
    nobody = body("+999")
    assert world.arm(text=nobody).store_id is None
    world.store(name="drill")
    result = world.arm(asked(store=StoreRef(name="drill")), nobody)
    assert result.store_id is None
    assert result.sent is not None
    assert not result.sent.success
    assert world.triggers.standing == {}


def test_capacity_is_asked_when_it_fires_and_not_before() -> None:
    world = Triggering()
    world.desk.keys.keys.clear()
    limited = a_key(limited=frozenset({Channel.SMS}))
    world.desk.keys.add(limited, {Channel.SMS: 0})
    store = world.arm(key=limited).store_id
    assert store is not None

    world.text("fire")

    assert world.sent() == []
    assert [trigger_run.reason for trigger_run in world.firings()] == [NotFiredReason.NO_RECEIVER_REACHED]
    assert world.notices() == ["trigger_no_receiver_reached"]


@pytest.mark.parametrize(
    ("trigger", "changes", "wrong"),
    [
        (asked(by_text("stop")), {}, [("/trigger/triggers/0/keyword", "RESERVED")]),
        (asked(by_text(), by_text("fire")), {}, [("/trigger/triggers/1/keyword", "DUPLICATE")]),
        (asked(), {"deferral": DeferralOptions()}, [("/trigger", "CONFLICT")]),
        (asked(store=StoreRef(name="broken")), {}, [("/trigger/storeDetails", "NOT_SENDABLE")]),
        (asked(store=StoreRef(name="odd")), {}, [("/trigger/storeDetails", "UNKNOWN_FIELD")]),
        (asked(store=StoreRef(name="waits")), {}, [("/trigger/storeDetails", "CONFLICT")]),
    ],
)
def test_what_can_be_seen_to_fail_is_refused_now(
    world: Triggering, trigger: TriggerOptions, changes: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    world.store(body("+999"), "broken")
    world.desk.store(ContentType.ALERT, body(colour="red"), name="odd")
    waits = {"triggers": [{"type": "sms", "keyword": "x", "tag": "t"}]}
    world.desk.store(ContentType.ALERT, body(trigger=waits), name="waits")
    with pytest.raises(InvalidRequest) as refused:
        world.arm(trigger, **changes)
    assert faults(refused) == wrong
    assert world.triggers.standing == {}
    assert world.alerts.alerts == {}


def test_a_text_needs_a_number_of_this_key(world: Triggering) -> None:
    del world.numbers.numbers[OURS]
    with pytest.raises(InvalidRequest) as refused:
        world.arm()
    assert faults(refused) == [("/trigger/triggers/0/type", "NO_NUMBER")]


def test_an_unknown_store_and_another_keys_store_look_the_same(world: Triggering) -> None:
    theirs = world.desk.store(ContentType.ALERT, body(), key=world.other)
    for ref in (theirs, StoreRef(StoreId("00000000-0000-4000-8000-000000000000"))):
        with pytest.raises(NotFound):
            world.arm(asked(store=ref))


def test_a_keyword_that_is_in_use_is_refused_and_says_by_whom(world: Triggering) -> None:
    first = world.activated(by_text("FIRE"))
    with pytest.raises(InvalidRequest) as refused:
        world.arm(asked(by_mail(), by_text("fire")))
    assert faults(refused) == [("/trigger/triggers/1/keyword", "KEYWORD_IN_USE")]
    assert first in refused.value.faults[0].message
    world.arm(key=world.other)


def test_arming_a_store_again_replaces_its_trigger(world: Triggering) -> None:
    store = world.store()
    world.arm(asked(by_text("one"), by_mail("two"), store=store))
    world.text("one")

    world.arm(asked(by_text("one"), at_most=1, store=store))

    trigger = world.trigger(store.store_id)  # type: ignore[arg-type]
    assert (trigger.fired, trigger.at_most, len(trigger.words)) == (0, 1, 1)
    world.arm(asked(by_mail("two")))


def test_the_word_of_a_store_that_has_gone_is_free(world: Triggering) -> None:
    store = world.activated()
    world.stores.delete(TENANT, KEY, store)
    assert world.activated() != store


def test_a_repeat_under_the_same_idempotency_key_arms_once(world: Triggering) -> None:
    first = world.arm(claim=a_claim())
    assert world.arm(claim=a_claim()) == first
    assert len(world.triggers.standing) == 1
    with pytest.raises(IdempotencyKeyReused):
        world.arm(asked(by_text("other")), claim=a_claim(fingerprint="f2"))


def test_a_repeat_of_a_call_that_was_sent_gets_its_first_answer(world: Triggering) -> None:
    trigger = asked(store=world.store())
    first = world.arm(trigger, claim=a_claim())
    assert world.arm(trigger, claim=a_claim()) == first
    assert len(world.alerts.alerts) == 1


def test_of_ten_calls_for_one_word_at_once_one_arms_and_nine_are_refused(world: Triggering) -> None:
    def arm(number: int) -> str:
        try:
            world.arm(claim=IdempotencyClaim("sendalert", f"k{number}", "f"))
        except InvalidRequest as refused:
            return refused.faults[0].code
        return "active"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(arm, range(10))) == ["KEYWORD_IN_USE"] * 9 + ["active"]
    assert len(world.triggers.standing) == 1


def test_windows_are_looked_at_when_it_fires_and_not_before(world: Triggering) -> None:
    # given an element that may go out on Sundays only, armed on a Monday
    sundays = body().replace('"tag": "s"', '"tag": "s", "timeWindows": ["*;*;sun;*;*"]')
    assert world.arm(text=sundays).store_id is not None
    world.text("fire")
    monday = [alert.items[0].accepted for alert in world.sent()]
    world.wait(6 * DAY)
    world.text("fire")
    assert sum(monday) == 0
    assert world.sent()[-1].items[0].accepted == 1


# --- the store lives on ---------------------------------------------------------------------------------------------


def test_the_store_and_what_it_refers_to_live_as_long_as_the_trigger(world: Triggering) -> None:
    text = world.desk.store(ContentType.SMS, "Leave the building", name="words")
    alert = body().replace('"content": "Leave the building"', f'"storedContent": "{text.store_id}"')
    assert "storedContent" in alert
    world.arm(text=alert)

    world.wait(300 * DAY)
    world.text("fire")

    assert len(world.sent()) == 1


def test_a_named_store_lives_on_too_even_if_it_is_replaced(world: Triggering) -> None:
    store = world.store(name="drill")
    world.arm(asked(store=store))
    world.wait(DAY)
    world.store(body(text="Stay inside"), name="drill")

    world.wait(200 * DAY)
    world.text("fire")

    assert [alert.items[0].content.text for alert in world.sent()] == ["Stay inside"]  # type: ignore[union-attr]


def test_after_a_year_it_is_over(world: Triggering) -> None:
    store = world.activated()
    trigger = world.trigger(store)
    world.wait(timedelta(days=365))
    assert world.text("fire") is TextResult.TRIGGERED
    assert world.sent() == []
    assert world.notices() == ["trigger_over"]
    assert trigger.expires_at == world.clock()


# --- setting off ------------------------------------------------------------------------------------------------


def test_a_text_sets_off_the_alert_once_and_the_client_is_told_by_whom(world: Triggering) -> None:
    store = world.activated(by_text("FIRE", tag="night shift"))

    assert world.text("Fire! gate 4") is TextResult.TRIGGERED

    (alert,) = world.sent()
    (trigger_run,) = world.firings()
    assert alert.cause is not None
    assert (alert.cause.kind, alert.cause.parent, alert.cause.run) == (CauseKind.TRIGGER, store, trigger_run.id)
    assert (alert.client_ref, alert.key_id, trigger_run.alert) == ("drill-1", KEY, alert.ref)
    (event,) = world.told(alert)
    assert (event.event, event.channel, event.tag, event.whence) == (
        "keyword",
        Channel.SMS,
        "night shift",
        world.clock(),
    )
    assert event.details == {"alerter": ANA, "keyword": "FIRE", "storeId": store}
    trigger = world.trigger(store)
    assert (trigger.fired, trigger.last_at) == (1, world.clock())


def test_a_mail_sets_off_the_alert(world: Triggering) -> None:
    world.activated(by_mail("Brand"))
    assert world.mail("Re: Fwd: brand in Halle 3 [TX-7F3K9Q2MXB]") is MailResult.TRIGGERED
    (alert,) = world.sent()
    (event,) = world.told(alert)
    assert (event.event, event.channel, event.details["alerter"]) == ("keyword", Channel.EMAIL, "ana@example.org")


def test_the_button_of_a_short_links_page_sets_off_the_alert(world: Triggering) -> None:
    world.activated(by_link("GO-7"))
    code = world.link("go-7")
    world.wait(MINUTE)
    followed = world.press(code)
    assert followed is not None
    assert followed.counted
    (alert,) = world.sent()
    (event,) = world.told(alert)
    assert (event.event, event.details["alerter"], event.details["keyword"]) == (
        "keyword",
        ANA,
        "GO-7",
    )


@pytest.mark.parametrize("said", ["gate 4", "fireman", "cease-fire", "", "x" * 40 + " fire"])
def test_a_text_without_the_word_sets_nothing_off(world: Triggering, said: str) -> None:
    world.activated()
    assert world.text(said) is TextResult.NOTHING_OPEN
    assert world.firings() == []


@pytest.mark.parametrize("said", ["STOP", "stop.", "START", "help"])
def test_a_word_of_the_carriers_keeps_its_meaning(world: Triggering, said: str) -> None:
    world.activated()
    assert world.text(said) is TextResult.KEYWORD
    assert world.firings() == []


def test_a_text_that_answers_an_open_alert_too_is_both(world: Triggering) -> None:
    answering = Answering()
    alert = answering.send()
    world.activated()
    answering.receive_text = replace(answering.receive_text, fire=world.fire)

    assert answering.text("fire") is TextResult.RECORDED

    assert [response.text for response in answering.kept(alert)] == ["fire"]
    world.run_due()
    assert len(world.sent()) == 1


def test_s1_another_keys_number_or_mailbox_sets_nothing_off(world: Triggering) -> None:
    world.activated(by_text(), by_mail(), by_link())
    world.text("fire", to=THEIRS)
    world.text("fire", to="+447700900999")
    world.mail("fire", to=world.mailboxes(TENANT, world.other.id))
    code = world.link("go-7", key=world.other)
    world.wait(MINUTE)
    world.press(code)
    assert world.firings() == []


NOTHING = replace(BELIEVED, spf=Verdict.GRAY, dkim=Verdict.GRAY, dmarc=Verdict.GRAY)


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        ({"headers": {"content-type": "multipart/report; report-type=delivery-status"}}, MailResult.MACHINE),
        ({"sender": "mailer-daemon@example.org"}, MailResult.MACHINE),
        ({"receipt": replace(BELIEVED, dmarc=Verdict.FAIL)}, MailResult.SENDER_NOT_BELIEVED),
        ({"receipt": replace(NOTHING, spf=Verdict.FAIL)}, MailResult.SENDER_NOT_BELIEVED),
        ({"receipt": NOTHING}, MailResult.SENDER_NOT_BELIEVED),
        ({"receipt": None}, MailResult.SENDER_NOT_BELIEVED),
        ({"sender": ""}, MailResult.SENDER_NOT_BELIEVED),
    ],
)
def test_e3_s14_machines_and_forgers_set_nothing_off(
    world: Triggering, facts: dict[str, Any], result: MailResult
) -> None:
    world.activated(by_mail())
    assert world.mail("fire", **facts) is result
    assert world.sent() == []
    assert {one.reason for one in world.firings()} <= {NotFiredReason.SENDER_NOT_BELIEVED}


def test_decided_8_1_a_mail_that_is_not_believed_is_told_once_and_does_not_count(world: Triggering) -> None:
    store = world.activated(by_mail())
    for _ in range(2):
        world.mail("FIRE in hall 3", id="m-1", receipt=NOTHING, own=trimmed("Come at once"))
    world.mail("hello", receipt=NOTHING)  # no keyword
    (event,) = world.results.collect(TENANT, KEY, None, 10, world.clock())
    assert (event.event, event.reason, event.alertee) == ("reply", "sender_not_believed", "ana@example.org")
    assert (event.alert, event.tag, event.channel) == ("", "drill", Channel.EMAIL)
    assert (
        event.details.items()
        >= {
            "reply": "Come at once",
            "counted": False,
            "sender_believed": False,
            "keyword": "FIRE",
            "storeId": store,
        }.items()
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"headers": {"auto-submitted": "auto-generated"}},
        {"headers": {"precedence": "bulk", "x-auto-response-suppress": "All"}},
        {"headers": {"list-id": "<panels.example.org>"}},
        {"sender": "noreply@panel.example.org"},
        {"return_path": ""},
    ],
)
def test_decided_8_7_a_believed_machine_fires_a_trigger(world: Triggering, facts: dict[str, Any]) -> None:
    world.activated(by_mail())
    assert world.mail("fire", **facts) is MailResult.TRIGGERED
    assert len(world.sent()) == 1


OF_SES = "<0100-1@eu-west-2.amazonses.com>"
ANSWERS_OURS = [
    {"headers": {"in-reply-to": "<acme.a.0.0.0.1@ALERTS.example>"}},
    {"headers": {"references": f"<x@y.example> {OF_SES}"}},
    {"headers": {"x-tocsin-loop": DOMAIN}},
]
ANSWERS_OTHERS: list[dict[str, Any]] = [
    {},
    {"headers": {"auto-submitted": "auto-generated"}},
    {"headers": {"in-reply-to": "<0100-2@eu-west-2.amazonses.com>", "references": "<a@b.example>"}},
    {"headers": {"x-loop": DOMAIN, "x-tocsin-loop": "other.example"}},
]


def ours_went_to_ana(world: Triggering) -> None:
    key = ChunkKey(TENANT, AlertRef("a"), 0, 0)
    world.conversations.remember(TENANT, [(BY_MAIL, "ana@example.org", Said(key, 0, world.clock()))])
    world.rows.rows[key, 0] = Message(0, MessageState.SENT, 1, 1, (), provider_id="0100-1")


@pytest.mark.parametrize("facts", ANSWERS_OURS)
def test_decided_8_7_mails_that_answer_ours_fire_five_times_an_hour(world: Triggering, facts: dict[str, Any]) -> None:
    world.activated(by_mail(), every=timedelta(seconds=1))
    ours_went_to_ana(world)
    for _ in range(8):
        world.mail("fire", **facts)
        world.wait(MINUTE)
    assert len(world.sent()) == 5
    assert world.notices() == ["TRIGGER_LOOP"]
    # another mail still fires, and after an hour so does an answer
    world.mail("fire")
    assert len(world.sent()) == 6
    world.wait(HOUR)
    world.mail("fire", **facts)
    assert len(world.sent()) == 7


@pytest.mark.parametrize("facts", ANSWERS_OTHERS)
def test_decided_8_7_other_mails_fire_as_often_as_the_trigger_allows_and_it_is_told_once_an_hour(
    world: Triggering, facts: dict[str, Any]
) -> None:
    world.activated(by_mail(), every=timedelta(seconds=1))
    ours_went_to_ana(world)
    for number in range(9):
        world.mail("fire", **facts)
        assert world.notices() == (["TRIGGER_OFTEN"] if number >= 5 else [])
        world.wait(MINUTE)
    assert len(world.sent()) == 9


def test_decided_8_7_the_notice_of_often_comes_although_the_worker_dies_before_it(world: Triggering) -> None:
    world.activated(by_mail(), every=timedelta(seconds=1))
    for _ in range(5):
        world.mail("fire")
        world.wait(MINUTE)
    world.messages.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.mail("fire", id="m-6")
    assert world.mail("fire", id="m-6") is MailResult.TRIGGERED
    assert (len(world.sent()), world.notices()) == (6, ["TRIGGER_OFTEN"])


def test_a_text_counts_for_no_limit_of_mails(world: Triggering) -> None:
    world.activated(by_text(), every=timedelta(seconds=1))
    for _ in range(9):
        world.text("fire")
        world.wait(MINUTE)
    assert (len(world.sent()), world.notices()) == (9, [])


def test_decided_8_2_a_record_that_comes_later_lets_the_mail_fire_once_and_late(world: Triggering) -> None:
    # given a mail that was processed without its record
    world.activated(by_mail())
    assert world.mail("fire", id="m-1", receipt=None) is MailResult.SENDER_NOT_BELIEVED
    assert world.sent() == []
    assert world.notices() == ["trigger_sender_not_believed"]

    # when its record comes, twice
    for _ in range(2):
        assert world.mail("fire", id="m-1") is MailResult.TRIGGERED

    # then the mail has fired once, and the event says that it was late
    (alert,) = world.sent()
    (event,) = [event for event in world.told(alert) if event.event == "keyword"]
    assert event.details["late"] is True


def test_s14_a_mailbox_that_was_made_up_makes_no_key_and_sets_nothing_off(world: Triggering) -> None:
    world.activated(by_mail())
    genuine = world.mailboxes(TENANT, KEY)
    forged = genuine.replace("acme", "nobody")
    assert world.mail("fire", to=forged) is MailResult.NO_REFERENCE
    assert world.mail("fire", to=genuine[:-18] + "aaaa" + genuine[-14:]) is MailResult.NO_REFERENCE
    assert world.firings() == []


@pytest.mark.parametrize("visit", [{}, {"user-agent": "curl/8"}, {"sec-purpose": "prefetch"}])
def test_s12_k1_whoever_only_follows_a_link_sets_nothing_off(world: Triggering, visit: dict[str, str]) -> None:
    world.activated(by_link())
    code = world.link()
    world.wait(MINUTE)
    assert world.visit(code, **visit) is not None
    assert world.firings() == []


# --- once, not too often --------------------------------------------------------------------------------------------


def test_the_same_message_fires_once_however_often_it_comes(world: Triggering) -> None:
    world.activated(every=timedelta(seconds=1))
    for _ in range(3):
        assert world.text("fire", id="in-7") is TextResult.TRIGGERED
        world.wait(HOUR)
    assert len(world.sent()) == 1
    assert len(world.firings()) == 1


def test_one_visitor_fires_once_in_half_an_hour(world: Triggering) -> None:
    world.activated(by_link())
    code = world.link()
    world.wait(MINUTE)
    world.press(code)
    world.wait(2 * MINUTE)
    world.press(code)
    assert len(world.sent()) == 1
    world.press(code, source="198.51.100.9")
    assert len(world.sent()) == 2


def test_minimum_repeat_interval_keeps_runs_apart(world: Triggering) -> None:
    store = world.activated(every=5 * MINUTE)
    for _ in range(6):
        world.text("fire")
        world.wait(2 * MINUTE)

    assert len(world.sent()) == 2  # at 0 and 6 of the minutes 0, 2, 4, 6, 8, 10
    assert [trigger_run.reason for trigger_run in world.firings()] == [
        None, NotFiredReason.TOO_SOON, NotFiredReason.TOO_SOON, None, NotFiredReason.TOO_SOON, NotFiredReason.TOO_SOON,
    ]  # fmt: skip
    assert world.notices() == ["trigger_too_soon"]
    assert world.trigger(store).fired == 2


def test_maximum_repeats_end_it(world: Triggering) -> None:
    world.activated(at_most=2)
    for _ in range(4):
        world.text("fire")
        world.wait(HOUR)
    assert len(world.sent()) == 2
    assert world.notices() == ["trigger_used_up", "trigger_used_up"]


@pytest.mark.parametrize(("terms", "fired"), [({"every": HOUR}, 1), ({"every": timedelta(0), "at_most": 3}, 3)])
def test_interval_and_maximum_hold_when_twenty_write_at_once(
    world: Triggering, terms: dict[str, Any], fired: int
) -> None:
    store = world.activated(**terms)

    def say(number: int) -> None:
        message = KeywordMessage(TENANT, KEY, TriggerKind.SMS, "fire", f"in-{number}", ANA, Channel.SMS, world.clock())
        while True:
            try:
                world.fire(message)
                return
            except StorageUnavailable:
                continue  # the queue delivers it again

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(say, range(20)))

    states = [trigger_run.state for trigger_run in world.firings()]
    assert states.count(TriggerRunState.DUE) == fired
    assert states.count(TriggerRunState.REFUSED) == 20 - fired
    assert world.trigger(store).fired == fired
    world.run_due()
    assert len(world.sent()) == fired


def test_a_word_that_comes_hours_late_sets_nothing_off(world: Triggering) -> None:
    world.activated()
    message = KeywordMessage(TENANT, KEY, TriggerKind.SMS, "fire", "in-1", ANA, Channel.SMS, world.clock() - 5 * HOUR)
    world.fire(message)
    world.run_due()
    assert world.sent() == []
    assert world.notices() == ["trigger_too_late"]


# --- when something dies in between -------------------------------------------------------------------------------


def test_r1_a_run_whose_order_was_lost_is_sent_by_the_sweeper(world: Triggering) -> None:
    world.activated()
    world.timer_queue.outage.failing = 1
    message = KeywordMessage(TENANT, KEY, TriggerKind.SMS, "fire", "in-1", ANA, Channel.SMS, world.clock())
    assert world.fire(message) is not None
    assert world.timer_queue.waiting == []

    world.wait(2 * MINUTE)
    world.sweep(lambda: MINUTE)
    world.run_due()

    assert len(world.sent()) == 1


def test_two_workers_with_the_same_timer_send_once(world: Triggering) -> None:
    world.activated()
    world.fire(KeywordMessage(TENANT, KEY, TriggerKind.SMS, "fire", "in-1", ANA, Channel.SMS, world.clock()))
    (order,) = world.timer_queue.take(world.clock())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: world.send_triggered(order, world.clock()), range(8)))
    (alert,) = world.sent()
    assert [event.event for event in world.told(alert)] == ["keyword"]


# --- what can no longer be sent -------------------------------------------------------------------------------------


def gone(world: Triggering, store: StoreId) -> None:
    world.stores.delete(TENANT, KEY, store)


def disabled(world: Triggering, store: StoreId) -> None:
    world.desk.keys.keys[TENANT, KEY] = replace(world.key, enabled=False)


def broken(world: Triggering, store: StoreId) -> None:
    mine = world.stores.stores[TENANT, KEY]
    mine[store] = replace(mine[store], content='{"alert":[]}')


@pytest.mark.parametrize(
    ("happens", "reason"),
    [(gone, NotFiredReason.STORE_GONE), (disabled, NotFiredReason.KEY_DISABLED), (broken, NotFiredReason.NOT_SENDABLE)],
)
def test_a_run_that_cannot_be_sent_any_more_says_why_and_the_owner_is_told(
    world: Triggering, happens: Callable[[Triggering, StoreId], None], reason: NotFiredReason
) -> None:
    happens(world, world.activated())
    world.text("fire")
    (trigger_run,) = world.firings()
    assert (trigger_run.state, trigger_run.reason) == (TriggerRunState.FAILED, reason)
    assert world.sent() == []
    assert world.notices() == [f"trigger_{reason.value}"]
    (message,) = world.messages.told.values()
    assert ANA not in message.text
    assert "FIRE" not in message.text


# --- ending -------------------------------------------------------------------------------------------------------


def cancel(world: Triggering, ref: StoreRef) -> bool:
    use_case = CancelAlerts(
        world.alerts, world.desk.work, FakeMessageRows(), world.clock, FakeLinkSets(), end_trigger=world.end_trigger
    )
    (result,) = use_case(world.key, [CancelElement(CancelKind.TRIGGERED, store=ref)])
    return result.success


@pytest.mark.parametrize("name", [None, "drill"])
def test_cancelling_takes_the_trigger_and_keeps_the_store_which_is_unused_from_then(
    world: Triggering, name: str | None
) -> None:
    ref = world.store(name="drill")
    assert ref.store_id is not None
    world.arm(asked(store=ref))
    world.wait(100 * DAY)

    assert cancel(world, ref if name is None else StoreRef(name=name))

    assert not cancel(world, ref)
    world.text("fire")
    assert world.sent() == []
    assert world.firings() == []
    assert world.expiry(ref.store_id) == world.clock() + 30 * DAY
    assert world.activated() != ref.store_id


def test_another_key_cannot_cancel_it(world: Triggering) -> None:
    store = world.activated()
    use_case = CancelAlerts(
        world.alerts, world.desk.work, FakeMessageRows(), world.clock, FakeLinkSets(), end_trigger=world.end_trigger
    )
    (result,) = use_case(world.other, [CancelElement(CancelKind.TRIGGERED, store=StoreRef(store))])
    assert not result.success
    assert world.trigger(store)


@pytest.mark.parametrize("everything", [False, True])
def test_deleting_the_store_ends_its_trigger(world: Triggering, everything: bool) -> None:
    store = world.activated()
    delete = DeleteContent(world.stores, world.clock, world.end_trigger)
    assert delete(world.key, DeleteRequest((DeleteElement(store),), everything)).success
    world.text("fire")
    assert world.triggers.standing == {}
    assert world.firings() == []


def test_a_tenant_that_is_somebody_else_never_hears_of_it(world: Triggering) -> None:
    world.activated()
    message = KeywordMessage(
        TenantId("other"), ApiKeyId(KEY), TriggerKind.SMS, "fire", "in-1", ANA, Channel.SMS, world.clock()
    )
    assert world.fire(message) is None
    assert world.firings() == []
