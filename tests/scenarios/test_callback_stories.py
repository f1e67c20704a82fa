"""What clients see of their callbacks, told on a virtual clock over days."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from urllib.parse import parse_qs

import pytest
from standardwebhooks import Webhook

from tests.builders import KEY, TENANT, number, sms
from tests.scenarios.callback_world import URL, CallbackLambdas, CallbackWorld, check_callbacks
from tests.scenarios.world import OURS, Disturbance
from tests.unit.alerts.desk import a_key
from tocsin.alerts.domain.alert import Alert
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.notices.domain.account_notice import Category, Severity
from tocsin.results.domain.event_object import event_object
from tocsin.telephony.domain.vocabulary import data_faults
from tocsin.webhooks.application.endpoints import (
    DisableCallbackEndpoint,
    EnableCallbackEndpoint,
    ListCallbackDeliveries,
    ListCallbackEndpoints,
    ReplayCallback,
    ReplayFailedCallbacks,
    RotateCallbackSecret,
)
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import PackOrder
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState
from tocsin.webhooks.domain.endpoint import DisabledReason, EndpointState
from tocsin.webhooks.domain.standard_webhooks import RETRY_SCHEDULE, new_secret
from tocsin.webhooks.ports.http import WebhookAnswer

MINUTES, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENDPOINT = EndpointKey.of(TENANT, KEY, URL)
ONCE = Disturbance(duplicates=(1, 1))


def a_world(**options: object) -> CallbackWorld:
    """Return a world whose providers report nothing, so that each phone makes one event."""
    return CallbackWorld(silent=True, **options)  # type: ignore[arg-type]


def send(world: CallbackWorld, *phones: int, callback: Callback | None = None) -> Alert:
    return world.accept(sms(*map(number, phones or (1,))), callback=callback or Callback(URL))


def secrets(world: CallbackWorld) -> list[str]:
    return [one.value for one in world.endpoints.rows[ENDPOINT].secrets]


def only(world: CallbackWorld) -> Delivery:
    (row,) = world.deliveries.rows.values()
    return row


def test_ah_126_callback_posts_each_event_once_and_leaves_nothing_to_poll() -> None:
    world = CallbackWorld(disturbance=ONCE)
    alert = send(world, 1, 2)
    world.until_quiet()

    assert world.collect(alert) == []
    assert world.arrived().total() == len(world.owed()) == 4
    assert {call.url for call in world.calls} == {URL}
    check_callbacks(world)


@pytest.mark.parametrize("mode", [NotificationMode.POLL, NotificationMode.NONE])
def test_ah_126_in_other_modes_nobody_is_called(mode: NotificationMode) -> None:
    world = a_world()
    alert = world.accept(sms(number(1)), notification=mode)
    world.until_quiet()
    assert world.calls == []
    assert len(world.collect(alert)) == (1 if mode is NotificationMode.POLL else 0)


def test_ah_126_poll_and_callback_carry_the_same_object() -> None:
    world, polled = a_world(disturbance=ONCE), a_world(disturbance=ONCE)
    send(world)
    world.until_quiet()
    alert = polled.accept(sms(number(1)))
    polled.until_quiet()

    (event,) = polled.collect(alert)
    (call,) = world.calls
    posted = json.loads(call.body)
    assert posted == event_object(event)
    assert posted["event"] == "sent"
    assert posted["alertees"] == [number(1)]
    assert posted["version"] == 2
    assert call.headers["content-type"] == "application/json"


def answered(world: CallbackWorld) -> list[tuple[str, str]]:
    told = {call.id: json.loads(call.body) for call in world.calls}
    return [(one["event"], one["reply"]) for one in told.values() if "reply" in one]


def test_ah_126_a_reply_is_called_back_with_its_words() -> None:
    # given an alert whose results are called back
    world = a_world()
    alert = world.accept(sms(number(1), sender=OURS), callback=Callback(URL))
    world.fast_forward(5 * MINUTES)

    # when its receiver answers
    world.text_back(number(1), "on my way", answering=alert)
    world.until_quiet()

    # then the client is called once more, and has nothing to collect
    assert answered(world) == [("reply", "on my way")]
    assert world.collect(alert) == []
    check_callbacks(world)


def test_r9_a_reply_whose_order_is_lost_is_called_back_all_the_same() -> None:
    world = a_world(lose=lambda order: isinstance(order, PackOrder) and "X#" in order.pack.name)
    alert = world.accept(sms(number(1), sender=OURS), callback=Callback(URL))
    world.fast_forward(5 * MINUTES)
    world.text_back(number(1), "on my way", answering=alert)
    world.fast_forward(5 * MINUTES)
    assert answered(world) == []

    world._lose = lambda order: False
    world.until_quiet()

    assert answered(world) == [("reply", "on my way")]
    check_callbacks(world)


def test_ah_127_a_form_says_the_same() -> None:
    world = a_world(disturbance=ONCE)
    send(world, callback=Callback(URL, CallbackEncoding.FORM))
    world.until_quiet()

    (call,) = world.calls
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    fields = parse_qs(call.body.decode(), strict_parsing=True)
    assert fields["alertees"] == [number(1)]
    assert fields["eventId"] == [call.id]
    assert fields["event"] == ["sent"]


def test_w1_the_public_verifier_accepts_every_call_through_a_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(disturbance=ONCE)
    rotate = RotateCallbackSecret(world.endpoints, world.clock, world._randomness)
    old = rotate(a_key(), URL).secret
    send(world)
    world.until_quiet()
    new = rotate(a_key(), URL).secret
    assert old != new
    world.accept(sms(number(2)), callback=Callback(URL), ref="0192bbbb-0000-7000-8000-000000000000")
    world.until_quiet()
    world.clock.advance(DAY)
    world.accept(sms(number(3)), callback=Callback(URL), ref="0192cccc-0000-7000-8000-000000000000")
    world.until_quiet()

    before, during, after = world.calls
    for call, good, bad in ((before, [old], [new]), (during, [old, new], []), (after, [new], [old])):
        at = int(call.headers["webhook-timestamp"])
        assert at == int(call.at.timestamp())
        monkeypatch.setattr("standardwebhooks.webhooks.datetime", _Frozen(call.at))
        for secret in good:
            assert Webhook(secret).verify(call.body, dict(call.headers)) == json.loads(call.body)
        for secret in [*bad, new_secret(b"x" * 32)]:
            with pytest.raises(Exception, match="No matching signature"):
                Webhook(secret).verify(call.body, dict(call.headers))
    # and at most two are kept
    assert len(secrets(world)) == 2


class _Frozen:
    def __init__(self, at: object) -> None:
        self._at = at

    def now(self, tz: object = None) -> object:
        return self._at

    def __getattr__(self, name: str) -> object:
        import datetime

        return getattr(datetime.datetime, name)


@pytest.mark.parametrize("failures", range(11))
def test_w2_a_receiver_that_fails_so_often_is_tried_again_up_to_ten_times(failures: int) -> None:
    world = a_world()
    world.hook.failing(URL, failures)
    send(world)
    world.until_quiet(timedelta(days=8))

    row = only(world)
    assert row.made == len(world.calls) == min(failures + 1, 10)
    assert row.state is (DeliveryState.SUCCEEDED if failures < 10 else DeliveryState.EXHAUSTED)
    assert {call.id for call in world.calls} == {row.key.event_id}
    assert len({call.headers["webhook-timestamp"] for call in world.calls}) == len(world.calls)
    # each wait is its rung, 20 % more or less, and what the sweeper's minute adds
    for (before, after), enqueued in zip(pairwise(world.calls), RETRY_SCHEDULE[1:], strict=False):
        wait = after.at - before.at
        assert enqueued * 0.8 <= wait <= enqueued * 1.2 + timedelta(minutes=2), f"{wait} instead of {enqueued}"
    check_callbacks(world)


def test_ah_129_what_could_not_be_delivered_is_told_to_its_owner() -> None:
    world = a_world()
    world.hook.failing(URL, 99)
    send(world)
    world.until_quiet(timedelta(days=8))

    told = [one for one in world.owner_heard if "could not be delivered" in one.text]
    (notice,) = told
    assert (notice.key_id, notice.category, notice.severity) == (KEY, Category.CALLBACK, Severity.ERROR)
    assert only(world).key.event_id in notice.text
    assert "hooks.example.org" in notice.text
    assert URL not in notice.text


@pytest.mark.parametrize("status", [429, 502, 503, 504, None])
def test_w3_a_receiver_that_is_overloaded_gets_a_minute_at_least(status: int | None) -> None:
    world = a_world()
    world.hook.failing(URL, 1, WebhookAnswer(status, None if status else "read_timeout"))
    send(world)
    world.until_quiet()
    first, second = world.calls
    assert timedelta(minutes=1) <= second.at - first.at <= timedelta(minutes=2)


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        (timedelta(seconds=90), timedelta(seconds=90), timedelta(seconds=92)),
        (timedelta(days=400), timedelta(minutes=2), timedelta(minutes=2, seconds=2)),  # clamped: never is not on offer
        (timedelta(0), timedelta(seconds=4), timedelta(seconds=8)),
    ],
)
def test_w3_retry_after_is_honoured_within_bounds(wish: timedelta, least: timedelta, most: timedelta) -> None:
    world = a_world(disturbance=ONCE)
    world.hook.failing(URL, 1, WebhookAnswer(500, retry_after=wish))
    send(world)
    world.until_quiet()
    first, second = world.calls
    assert least <= second.at - first.at <= most


def test_w3_410_ends_it_at_once_and_for_everybody() -> None:
    # given a receiver that wants no more
    world = a_world()
    world.hook.failing(URL, 99, WebhookAnswer(410))
    send(world, 1, 2, 3)
    world.until_quiet()

    # then one call was made, and the other events are put aside
    assert len(world.calls) == 1
    assert world.states() == {"dropped": 1, "paused": 2}
    endpoint = world.endpoints.rows[ENDPOINT]
    assert endpoint.disabled_reason is DisabledReason.GONE
    assert [(one.severity, one.code) for one in world.owner_heard] == [(Severity.ERROR, "callback_disabled")]
    check_callbacks(world)


def test_w4_a_receiver_that_is_disabled_again_on_the_same_day_is_told_of_again() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.failing(URL, 99, WebhookAnswer(410))
    send(world, 1)
    world.until_quiet()
    EnableCallbackEndpoint(world.endpoints)(a_key(), ENDPOINT.hash)

    world.accept(sms(number(2)), callback=Callback(URL), ref="0192aaab-0000-7000-8000-000000000000")
    world.until_quiet()

    assert [one.code for one in world.owner_heard] == ["callback_disabled", "callback_disabled"]


def _hourly(world: CallbackWorld, hours: int) -> None:
    for hour in range(hours):
        ref = f"0192{hour:04x}-0000-7000-8000-000000000000"
        world.accept(sms(number(1)), callback=Callback(URL), ref=ref)
        world.fast_forward(HOUR)


def test_w4_five_days_of_failures_disable_and_the_owner_hears_of_it_twice() -> None:
    world = a_world()
    world.hook.failing(URL, 10_000)
    began = world.clock()
    _hourly(world, 6 * 24)

    endpoint = world.endpoints.rows[ENDPOINT]
    assert endpoint.state is EndpointState.DISABLED
    assert endpoint.disabled_reason is DisabledReason.FAILED
    assert endpoint.disabled_at is not None
    assert timedelta(days=5) <= endpoint.disabled_at - began <= timedelta(days=5, hours=2)
    assert max(call.at for call in world.calls) <= endpoint.disabled_at
    about_endpoint = [one for one in world.owner_heard if "endpoint" in one.text]
    assert [(one.severity, one.at - began < timedelta(days=2)) for one in about_endpoint] == [
        (Severity.WARNING, True),
        (Severity.ERROR, False),
    ]


def test_w4_a_sporadic_failure_never_disables() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.behaviours[URL] = lambda n: WebhookAnswer(500) if n % 7 else WebhookAnswer(200)
    _hourly(world, 8 * 24)
    assert world.endpoints.rows[ENDPOINT].disabled_reason is None
    assert [one for one in world.owner_heard if "disabled" in one.text] == []


def test_w5_a_replay_keeps_the_id_and_gives_one_more_call() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.failing(URL, 11)
    send(world)
    world.until_quiet(timedelta(days=8))
    event = only(world).key.event_id
    replay = ReplayCallback(world.deliveries, CallbackLambdas(world), world.clock)

    # the eleventh call fails too, the twelfth does not
    for state in (DeliveryState.EXHAUSTED, DeliveryState.SUCCEEDED):
        replay(a_key(), event)
        world.until_quiet(timedelta(days=8))
        assert only(world).state is state
    assert len(world.calls) == 12
    assert {call.id for call in world.calls} == {event}
    assert [attempt.number for attempt in only(world).attempts] == list(range(1, 13))


def test_w5_what_was_put_aside_comes_when_its_owner_wants_it() -> None:
    world = a_world(disturbance=ONCE)
    send(world)
    world.until_quiet()
    began = world.clock()
    DisableCallbackEndpoint(world.endpoints, world.clock)(a_key(), ENDPOINT.hash)
    world.accept(sms(*map(number, range(30))), callback=Callback(URL), ref="0192bbbb-0000-7000-8000-000000000000")
    world.until_quiet()
    assert world.states() == {"succeeded": 1, "paused": 30}
    assert len(world.calls) == 1

    EnableCallbackEndpoint(world.endpoints)(a_key(), ENDPOINT.hash)
    found = ReplayFailedCallbacks(world.deliveries, CallbackLambdas(world), world.clock)(
        a_key(), ENDPOINT.hash, began, world.clock() + HOUR
    )
    assert (found.count, found.next) == (30, None)
    world.until_quiet()
    assert world.states() == {"succeeded": 31}
    assert world.arrived() == dict.fromkeys(world.owed(), 1)


def test_w5_nobody_replays_or_reads_what_is_anothers() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.failing(URL, 99, WebhookAnswer(410))
    send(world)
    world.until_quiet()
    stranger, event = a_key("k2"), only(world).key.event_id
    queue = CallbackLambdas(world)
    with pytest.raises(NotFound):
        ReplayCallback(world.deliveries, queue, world.clock)(stranger, event)
    with pytest.raises(NotFound):
        EnableCallbackEndpoint(world.endpoints)(stranger, ENDPOINT.hash)
    assert ListCallbackEndpoints(world.endpoints)(stranger) == []
    listed = ListCallbackDeliveries(world.deliveries, world.clock)
    since, until = world.clock() - DAY, world.clock() + DAY
    assert listed(stranger, ENDPOINT.hash, since, until).deliveries == []
    # and after its time it is nobody's
    world.clock.advance(timedelta(days=31))
    with pytest.raises(NotFound):
        ReplayCallback(world.deliveries, queue, world.clock)(a_key(), event)


def test_w7_what_a_receiver_said_is_kept_for_a_week_and_of_a_refused_address_nothing() -> None:
    world = a_world(disturbance=ONCE)
    answers = [WebhookAnswer(500, excerpt=b"x" * 3000), WebhookAnswer(None, "not_public", excerpt=b"secret")]
    world.hook.behaviours[URL] = lambda n: answers[n - 1] if n < 3 else WebhookAnswer(200, excerpt=b"fine")
    send(world)
    world.until_quiet()
    listed = ListCallbackDeliveries(world.deliveries, world.clock)
    since, until = world.clock() - DAY, world.clock() + DAY

    found = listed(a_key(), ENDPOINT.hash, since, until, with_answers=True)
    (row,) = found.deliveries
    assert [(a.status, a.reason) for a in row.attempts] == [(500, None), (None, "not_public"), (200, None)]
    assert found.answers == {row.key.event_id: {1: b"x" * 1024}}
    world.clock.advance(timedelta(days=7))
    assert listed(a_key(), ENDPOINT.hash, since, until, with_answers=True).answers == {row.key.event_id: {}}


def test_s6_a_secret_is_shown_once_and_printed_never() -> None:
    world = a_world()
    shown = RotateCallbackSecret(world.endpoints, world.clock, world._randomness)(a_key(), URL)
    assert shown.secret.startswith("whsec_")
    (listed,) = ListCallbackEndpoints(world.endpoints)(a_key())
    for text in (repr(shown), repr(listed)):
        assert shown.secret not in text


def test_s6_another_url_has_a_secret_of_its_own() -> None:
    world = a_world(disturbance=ONCE)
    send(world)
    world.accept(sms(number(1)), callback=Callback(URL + "2"), ref="0192bbbb-0000-7000-8000-000000000000")
    world.until_quiet()
    one, other = (endpoint.secrets[0].value for endpoint in world.endpoints.rows.values())
    assert one != other


def test_up_12_an_account_hears_once_a_day_of_an_endpoint_that_does_not_take_its_events() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.failing(URL, times=10_000)
    send(world, 1, 2, 3)
    world.until_quiet()

    # after ten attempts in about three days: of a day of failures, and of three deliveries that failed on one day
    events = [world.account_events[id] for id in sorted(world.account_events)]
    assert len({event.id for event in events}) == len({event.at.date() for event in events}) == len(events) >= 2
    for event in events:
        assert event.type == "webhook.failed"
        assert data_faults(event.type, dict(event.data)) == []
        assert (event.data["url"], event.data["answer"]) == (URL, "HTTP 500")
        assert event.data["since"][:19] == wire_time(min(call.at for call in world.calls))[:19]
        assert event.data["page"] == f"callbacks/{KEY}/{ENDPOINT.hash}"
    assert [event.data["failed"] for event in events] == sorted(event.data["failed"] for event in events)
    assert events[-1].data["failed"] >= 1


def test_up_12_an_account_hears_of_an_endpoint_that_is_gone_and_not_of_one_that_fails_for_an_hour() -> None:
    world = a_world(disturbance=ONCE)
    world.hook.failing(URL, times=3)
    send(world, 1)
    world.until_quiet()
    assert world.account_events == {}
    world.hook.behaviours[URL] = lambda n: WebhookAnswer(410)
    send(world, 2)
    world.until_quiet()
    (event,) = world.account_events.values()
    assert (event.data["answer"], event.data["reason"]) == ("HTTP 410", "it answered 410 Gone, and is switched off")
