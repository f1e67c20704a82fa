"""Acceptance: AH-18, AH-20 to AH-24, AH-26, AH-32, AH-120 to AH-122, AH-126, AH-131; A1, A5."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.time import NOON
from tests.unit.alerts.desk import Desk, a_call, a_claim, a_key, a_request, an_email, an_sms
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.ports.alerts import Acceptance, AcceptOutcome, CapacityShort
from tocsin.calendar.domain.lifetime import Lifetime, parse_lifetime
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.options import EmailOptions
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import (
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    RequestTooLarge,
    StorageUnavailable,
)

A, B, C, D = (number(n) for n in range(4))


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- the answer ---------------------------------------------------------------------------------------------------


def test_ah_20_the_answer_has_every_element_in_order_with_its_type_and_tag(desk: Desk) -> None:
    result = desk.send(an_email("a@x.org", tag="mail"), an_sms(A, tag="text"))
    assert [(item.channel, item.tag, item.success) for item in result.items] == [
        (Channel.EMAIL, "mail", True),
        (Channel.SMS, "text", True),
    ]
    assert (result.success, result.client_ref, result.failure_reason) == (True, "ref-1", None)
    assert desk.alert(result).client_ref == "ref-1"


def test_ah_21_without_an_email_element_there_is_no_subject_reference(desk: Desk) -> None:
    result = desk.send(an_sms(A))
    assert result.email_subject_ref is None
    assert desk.alert(result).email_subject_ref is None


def test_ah_21_the_subject_reference_ends_every_subject_of_the_alert(desk: Desk) -> None:
    result = desk.send(an_email("a@x.org"), an_sms(A), an_email("b@x.org", options=EmailOptions()))
    reference = result.email_subject_ref
    assert reference is not None
    assert desk.alert(result).email_subject_ref == reference
    subjects = [i.content.subject for i in desk.alert(result).items if isinstance(i.content, EmailContent)]
    assert subjects == [f"Trunk 7 {reference}", reference]


def test_ah_21_an_email_element_that_reaches_nobody_brings_no_reference(desk: Desk) -> None:
    assert desk.send(an_sms(A), an_email(A)).email_subject_ref is None


def test_ah_22_requested_counts_everybody_and_sent_those_who_were_taken(desk: Desk) -> None:
    (item,) = desk.send(an_sms(A, B, C, "a@x.org", "nonsense")).items
    assert (item.success, item.requested, item.sent) == (True, 5, 3)


def test_ah_23_capacity_is_consumed_from_the_channel_that_sends_and_from_no_other() -> None:
    desk = Desk({Channel.SMS: 10, Channel.EMAIL: 10, Channel.CALL: 10})
    (item,) = desk.send(an_sms(A, B, C, D)).items
    assert item.remaining == 6
    assert desk.keys.remaining(desk.key.tenant, desk.key.id) == {
        Channel.SMS: 6,
        Channel.EMAIL: 10,
        Channel.CALL: 10,
    }


def test_ah_23_an_unlimited_channel_has_no_remaining_capacity(desk: Desk) -> None:
    assert desk.send(an_sms(A)).items[0].remaining is None


def test_ah_24_only_the_first_receivers_are_taken_when_capacity_runs_out() -> None:
    desk = Desk({Channel.SMS: 3})
    result = desk.send(an_sms(A, B), an_sms(C, D, tag="late"), an_sms(A, tag="later"))
    first, second, third = result.items
    assert (first.sent, first.remaining, first.failure_reason) == (2, 1, None)
    assert (second.success, second.requested, second.sent, second.remaining) == (True, 2, 1, 0)
    assert second.failure_reason == "the sms capacity of this key is used up: 1 receiver was excluded"
    assert (third.success, third.sent) == (False, 0)
    assert [r.address for r in desk.recipients(result, 1)] == [C]


def test_ah_24_without_capacity_the_element_fails_and_nothing_is_written() -> None:
    desk = Desk({Channel.SMS: 0})
    result = desk.send(an_sms(A))
    assert (result.success, result.alert_ref, result.items[0].success) == (False, None, False)
    assert not desk.alerts.alerts


def test_ah_24_a_limited_channel_whose_capacity_is_lost_counts_as_empty() -> None:
    desk = Desk()
    assert not desk.send(an_sms(A), key=a_key(limited=frozenset({Channel.SMS}))).success


def test_ah_26_a_failure_has_a_reason_and_success_has_none(desk: Desk) -> None:
    good, bad = desk.send(an_sms(A)), desk.send(an_sms("a@x.org", tag="night"))
    assert good.failure_reason is None
    assert good.items[0].failure_reason is None
    assert bad.success is False
    assert bad.alert_ref is None
    assert bad.failure_reason is not None
    assert "'night'" in bad.failure_reason
    assert "a@x.org" not in bad.failure_reason
    assert bad.items[0].failure_reason


def test_ah_18_an_element_that_cannot_be_served_does_not_hold_up_the_others(desk: Desk) -> None:
    result = desk.send(an_sms("a@x.org", tag="bad"), an_sms(A, tag="good"))
    assert result.success
    assert [item.success for item in result.items] == [False, True]
    alert = desk.alert(result)
    assert [(item.content is None, item.accepted) for item in alert.items] == [(True, 0), (False, 1)]


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.INBOUND_CALL])
def test_a_voice_element_is_answered_and_the_rest_is_sent(desk: Desk, channel: Channel) -> None:
    call, sms = desk.send(a_call(A, B, channel=channel), an_sms(A)).items
    assert (call.success, call.requested, call.sent) == (False, 2, 0)
    assert call.failure_reason == "the voice channel is not available yet"
    assert sms.success


# --- what is written ----------------------------------------------------------------------------------------------


def test_what_is_accepted_is_what_was_asked_for(desk: Desk) -> None:
    result = desk.send(an_sms(B, A, text="trunk 7 is down"))
    alert = desk.alert(result)
    assert alert.items[0].content == SmsContent("Tocsin", "trunk 7 is down")
    assert [r.address for r in desk.recipients(result)] == [B, A]
    assert (alert.accepted_at, alert.lane, alert.sandbox, alert.key_id) == (NOON, Lane.URGENT, False, desk.key.id)


def test_every_batch_is_queued_once_with_its_channel_and_lane(desk: Desk) -> None:
    numbers = [number(n) for n in range(260)]
    result = desk.send(an_sms(*numbers), an_email("a@x.org"))
    alert = desk.alert(result)
    assert alert.lane is Lane.BULK
    assert desk.queue.orders == [
        DispatchJob(batch, Channel.SMS if batch.key.item == 0 else Channel.EMAIL, Lane.BULK)
        for batch in alert.batches()
    ]
    assert [r.address for r in desk.recipients(result)] == numbers
    assert len(desk.queue.orders) == 12


def test_committed_is_accepted_even_when_the_queue_is_down(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.queue.outage.failing = 1
    with caplog.at_level(logging.WARNING):
        result = desk.send(an_sms(A), claim=a_claim())
    assert result.success
    assert desk.work.looks  # the sweeper will come by
    (record,) = caplog.records
    assert record.getMessage() == "batches_not_queued"
    assert A not in str(record.__dict__)
    assert desk.send(an_sms(A), claim=a_claim()) == result


def test_when_the_store_is_down_nothing_is_queued(desk: Desk) -> None:
    desk.alerts.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        desk.send(an_sms(A))
    assert not desk.queue.orders


def test_ah_131_a_sandbox_key_runs_the_same_acceptance(desk: Desk) -> None:
    result = desk.send(an_sms(A), key=a_key("sand", kind=KeyKind.SANDBOX))
    assert result.success
    assert desk.alert(result).sandbox is True
    assert len(desk.queue.orders) == 1


# --- repeats ------------------------------------------------------------------------------------------------------


def test_a_1_a_repeat_gets_the_first_answer_and_sends_nothing(desk: Desk) -> None:
    first = desk.send(an_email("a@x.org"), an_sms("bad", A), claim=a_claim())
    desk.clock.advance(timedelta(hours=23))
    assert desk.send(an_email("a@x.org"), an_sms("bad", A), claim=a_claim()) == first
    assert len(desk.alerts.alerts) == 1
    assert len(desk.queue.orders) == 2


def test_a_1_a_repeat_is_answered_before_anything_is_looked_at_again() -> None:
    desk = Desk({Channel.SMS: 1})
    first = desk.send(an_sms(A), claim=a_claim())
    again = desk.send(an_sms(A), claim=a_claim())  # the capacity is used up by now
    assert again == first
    assert again.items[0].remaining == 0


def test_a_1_the_same_key_for_another_request_is_refused(desk: Desk) -> None:
    desk.send(an_sms(A), claim=a_claim())
    with pytest.raises(IdempotencyKeyReused):
        desk.send(an_sms(B), claim=a_claim(fingerprint="f2"))


class LateAlerts(FakeAlertRepository):
    """Sees no earlier answer: its rival commits between the look and the write."""

    def earlier_answer(self, *_: object) -> None:
        return None


def test_a_1_of_two_at_once_one_sends_and_both_get_its_answer(desk: Desk) -> None:
    rivals = LateAlerts()
    send = replace(desk.send_alert, alerts=rivals)
    request = a_request(an_sms(A))
    first, second = send(desk.key, request, a_claim()), send(desk.key, request, a_claim())
    assert first == second
    assert len(rivals.alerts) == 1
    with pytest.raises(IdempotencyKeyReused):
        send(desk.key, request, a_claim(fingerprint="f2"))


def test_a_1_a_call_of_which_nothing_was_accepted_is_decided_anew() -> None:
    desk = Desk({Channel.SMS: 0})
    assert not desk.send(an_sms(A), claim=a_claim()).success
    desk.keys.capacities[desk.key.tenant, desk.key.id][Channel.SMS] = 5
    assert desk.send(an_sms(A), claim=a_claim()).success


# --- capacity under contention ------------------------------------------------------------------------------------


class ContendedAlerts(FakeAlertRepository):
    """Another call of the same key takes a unit just before each of the first `thefts` writes."""

    thefts = 0

    def accept(self, acceptance: Acceptance) -> AcceptOutcome:
        if self.thefts:
            self.thefts -= 1
            self.capacities[acceptance.alert.tenant, acceptance.alert.key_id][Channel.SMS] -= 1
        return super().accept(acceptance)


def contended(desk: Desk, thefts: int) -> SendAlert:
    alerts = ContendedAlerts(desk.work, desk.keys.capacities)
    alerts.thefts = thefts
    desk.alerts = alerts
    return replace(desk.send_alert, alerts=alerts)


def test_ah_24_when_others_take_the_capacity_the_call_decides_again() -> None:
    desk = Desk({Channel.SMS: 3})
    result = contended(desk, thefts=1)(desk.key, a_request(an_sms(A, B, C)), None)
    (item,) = result.items
    assert (item.sent, item.remaining) == (2, 0)
    assert [r.address for r in desk.recipients(result)] == [A, B]
    assert desk.keys.remaining(desk.key.tenant, desk.key.id) == {Channel.SMS: 0}


def test_ah_24_when_others_take_all_of_it_the_call_fails_in_order() -> None:
    desk = Desk({Channel.SMS: 2})
    result = contended(desk, thefts=2)(desk.key, a_request(an_sms(A, B)), None)
    assert (result.success, result.alert_ref) == (False, None)


def test_a_call_that_never_gets_its_turn_gives_up_with_nothing_written(desk: Desk) -> None:
    class NeverEnough(FakeAlertRepository):
        def accept(self, acceptance: Acceptance) -> AcceptOutcome:
            return CapacityShort()

    with pytest.raises(StorageUnavailable):
        replace(desk.send_alert, alerts=NeverEnough())(desk.key, a_request(an_sms(A)), None)


# --- whole calls that are refused ---------------------------------------------------------------------------------


def refused(desk: Desk, request: SendRequest) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        desk.send_alert(desk.key, request, None)
    assert not desk.alerts.alerts
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_ah_32_contacts_without_a_contact_group_fail_the_call_and_every_fault_is_named(desk: Desk) -> None:
    request = a_request(
        an_sms(A),
        an_sms(contacts=("ana",)),
        an_email(sets=("all",), options=EmailOptions(subject="=?utf-8?q?a=0D=0ABcc:_e?=")),
        an_email("a@x.org", options=EmailOptions(boundary="b1")),
    )
    assert refused(desk, request) == [
        ("/alert/1", "CONTACT_GROUP_REQUIRED"),
        ("/alert/2", "CONTACT_GROUP_REQUIRED"),
        ("/alert/2/subject", "ENCODED_WORD"),
        ("/alert/3/content", "BOUNDARY_NOT_FOUND"),
    ]


def test_ah_122_a_key_without_the_right_may_not_set_a_lifetime(desk: Desk) -> None:
    with pytest.raises(Forbidden) as caught:
        desk.send_alert(desk.key, a_request(an_sms(A), lifetime=Lifetime()), None)
    assert caught.value.right == "canSetLifetime"
    assert not desk.alerts.alerts


@pytest.mark.parametrize(
    ("lifetime", "send_before", "expires_at"),
    [
        (None, NOON + timedelta(hours=4), NOON + timedelta(days=30)),
        ("90m", NOON + timedelta(minutes=90), NOON + timedelta(minutes=90)),
        ("1M", NOON + timedelta(hours=4), NOON.replace(month=12)),
        ("0d", NOON + timedelta(hours=4), None),
    ],
)
def test_ah_120_ah_121_how_long_an_alert_lives_and_may_be_sent(
    desk: Desk, lifetime: str | None, send_before: object, expires_at: object
) -> None:
    key = a_key(rights=frozenset({Right.SET_LIFETIME}))
    request = a_request(an_sms(A), lifetime=parse_lifetime(lifetime) if lifetime else None)
    alert = desk.alert(desk.send_alert(key, request, None))
    assert (alert.send_before, alert.expires_at) == (send_before, expires_at)


def test_a_lifetime_beyond_the_calendar_is_a_fault(desk: Desk) -> None:
    desk.key = a_key(rights=frozenset({Right.SET_LIFETIME}))
    request = a_request(an_sms(A), lifetime=parse_lifetime("999999M"))
    assert refused(desk, request) == [("/options/lifetime", "OUT_OF_RANGE")]


def test_a_5_ten_thousand_recipients_are_taken_and_one_more_is_refused(desk: Desk) -> None:
    numbers = tuple(f"+4477{n:08}" for n in range(10_001))
    result = desk.send(an_sms(*numbers[:9_999]), an_email("a@x.org"))
    assert sum(item.sent for item in result.items) == 10_000
    with pytest.raises(RequestTooLarge) as caught:
        desk.send(an_sms(*numbers[:10_000]), an_email("a@x.org"))
    assert (caught.value.limit, caught.value.unit) == (10_000, "recipients")
    assert len(desk.alerts.alerts) == 1


def test_a_5_the_largest_call_fits_one_transaction(desk: Desk) -> None:
    numbers = tuple(f"+4477{n:08}" for n in range(10_000))
    desk.send(*[an_sms(*numbers[n::25], tag=str(n)) for n in range(25)], claim=a_claim())
    rows = len(desk.alerts.chunks) + len(desk.work.rows)
    assert rows + len(("claim", "alert")) + len(Channel) <= 100


def test_a_5_more_than_25_elements_are_refused(desk: Desk) -> None:
    with pytest.raises(RequestTooLarge):
        desk.send(*[an_sms(A)] * 26)


HOOK = "https://hooks.example.org/a?t=1"
OTHER_HOOK = "https://hooks.example.org/b"


def test_ah_126_ah_127_the_url_of_the_call_comes_before_that_of_the_key(desk: Desk) -> None:
    key = replace(desk.key, notification=NotificationMode.CALLBACK, callback_url=HOOK, callback_encoding="form")

    by_key = desk.alert(desk.send_alert(key, a_request(an_sms(A)), None))
    own = a_request(an_sms(A), callback_url=OTHER_HOOK, callback_encoding="json")
    by_call = desk.alert(desk.send_alert(key, own, None))
    polled = desk.alert(desk.send_alert(key, a_request(an_sms(A), notification=NotificationMode.POLL), None))

    assert by_key.callback == Callback(HOOK, CallbackEncoding.FORM)
    assert by_call.callback == Callback(OTHER_HOOK, CallbackEncoding.JSON)
    assert polled.callback is None


def test_results_go_to_the_bus_by_the_call_or_by_the_default_of_the_key(desk: Desk) -> None:
    key = a_key(rights=frozenset({Right.USE_BUS}))
    by_call = desk.alert(desk.send_alert(key, a_request(an_sms(A), notification=NotificationMode.BUS), None))
    by_key = desk.alert(desk.send_alert(replace(key, notification=NotificationMode.BUS), a_request(an_sms(A)), None))
    for alert in (by_call, by_key):
        assert (alert.notification, alert.callback) == (NotificationMode.BUS, None)


@pytest.mark.parametrize("default", [NotificationMode.POLL, NotificationMode.BUS])
def test_a_key_without_the_right_may_not_use_the_bus(desk: Desk, default: NotificationMode) -> None:
    asked = NotificationMode.BUS if default is NotificationMode.POLL else None
    with pytest.raises(Forbidden) as caught:
        desk.send_alert(replace(desk.key, notification=default), a_request(an_sms(A), notification=asked), None)
    assert caught.value.right == "canUseBus"
    assert not desk.alerts.alerts


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (None, "REQUIRED"),
        ("http://hooks.example.org/", "WRONG_FORM"),
        ("https://user:pw@hooks.example.org/", "WRONG_FORM"),
        ("https://hooks.example.org:8080/", "WRONG_FORM"),
        ("https://127.0.0.1/", "NOT_PUBLIC"),
        ("https://169.254.169.254/latest/meta-data", "NOT_PUBLIC"),
        ("https://[::1]/", "NOT_PUBLIC"),
        ("https://db.internal/", "NOT_PUBLIC"),
        ("http://127.0.0.1:8000/", "WRONG_FORM"),
    ],
)
def test_w8_a_callback_goes_to_a_public_https_url_or_nothing_is_sent(desk: Desk, url: str | None, code: str) -> None:
    request = a_request(an_sms(A), notification=NotificationMode.CALLBACK, callback_url=url)
    with pytest.raises(InvalidRequest) as caught:
        desk.send_alert(desk.key, request, None)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("/options/callbackURL", code)]
    assert url is None or url not in str(caught.value)
    assert not desk.alerts.alerts


def test_w8_a_key_whose_url_is_not_public_cannot_be_used_either(desk: Desk) -> None:
    key = replace(desk.key, notification=NotificationMode.CALLBACK, callback_url="https://10.0.0.8/")
    with pytest.raises(InvalidRequest):
        desk.send_alert(key, a_request(an_sms(A)), None)
    assert desk.send_alert(key, a_request(an_sms(A), callback_url=HOOK), None).success


def test_the_local_engine_may_be_called_back_on_this_machine(desk: Desk) -> None:
    desk.send_alert = replace(
        desk.send_alert, prepare=replace(desk.send_alert.prepare, egress=EgressPolicy(loopback=True))
    )
    here = "http://127.0.0.1:8000/hook"
    request = a_request(an_sms(A), notification=NotificationMode.CALLBACK, callback_url=here)
    assert desk.alert(desk.send_alert(desk.key, request, None)).callback == Callback(here)


def test_ah_126_the_mode_of_the_call_comes_before_the_mode_of_the_key(desk: Desk) -> None:
    silent = replace(desk.key, notification=NotificationMode.NONE)
    by_key = desk.alert(desk.send_alert(silent, a_request(an_sms(A)), None))
    by_call = desk.alert(desk.send_alert(silent, a_request(an_sms(A), notification=NotificationMode.POLL), None))
    assert (by_key.notification, by_call.notification) == (NotificationMode.NONE, NotificationMode.POLL)


def test_the_answer_kept_for_repeats_is_plain_json(desk: Desk) -> None:
    desk.send(an_sms(A), claim=a_claim())
    earlier = desk.alerts.earlier_answer(desk.key.tenant, desk.key.id, a_claim(), NOON)
    assert json.loads(getattr(earlier, "answer", ""))["items"][0]["channel"] == "sms"
