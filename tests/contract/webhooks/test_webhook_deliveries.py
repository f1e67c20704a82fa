"""WebhookDeliveries: one row per event, moved on top of the version before; found by time, by endpoint, when due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER
from tests.contract.webhooks.callback_stores import ENDPOINT, HOOK, MINUTE, CallbackStores, a_delivery, an_endpoint
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.webhooks.domain.bus_delivery import after_put, bus_delivery
from tocsin.webhooks.domain.callback import EndpointKey, RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.delivery import PATIENCE, Delivery, DeliveryKey, DeliveryState, concluded, paused, started
from tocsin.webhooks.domain.rule_delivery import rule_delivery
from tocsin.webhooks.domain.standard_webhooks import AttemptResult, AttemptVerdict

MONTH = NOON + timedelta(days=31)
AGAIN = AttemptResult(AttemptVerdict.TRY_AGAIN, timedelta(minutes=5))


def ids(found: object) -> list[str]:
    return [one.key.event_id for one in found]  # type: ignore[attr-defined]


def test_a_delivery_reads_back_through_its_whole_life(callbacks: CallbackStores) -> None:
    store, now = callbacks.deliveries, NOON
    delivery = started(a_delivery(), now)
    assert store.add(delivery) is None
    assert store.get(delivery.key) == delivery

    failed = store.save(concluded(delivery, None, "read_timeout", timedelta(seconds=15), AGAIN, now + MINUTE))
    assert failed is not None
    assert store.get(delivery.key) == failed
    assert failed.version == 2

    second = store.save(started(failed, now + 7 * MINUTE))
    assert second is not None
    done = store.save(
        concluded(
            second, 204, None, timedelta(milliseconds=31), AttemptResult(AttemptVerdict.DELIVERED), now + 8 * MINUTE
        )
    )
    assert done is not None
    assert store.get(delivery.key) == done
    assert (done.state, done.due_at, done.next_check_at) == (DeliveryState.SUCCEEDED, None, None)
    assert [(a.number, a.status, a.reason, a.milliseconds) for a in done.attempts] == [
        (1, None, "read_timeout", 15_000),
        (2, 204, None, 31),
    ]


def test_several_are_written_in_one_call_and_those_that_were_there_stay_and_are_returned(
    callbacks: CallbackStores,
) -> None:
    store = callbacks.deliveries
    before = a_delivery(2, body="{}")
    assert store.add(before) is None
    new = [started(a_delivery(n), NOON) for n in range(30)]
    assert store.add_all(new) == [before]
    assert store.add_all([]) == []
    by_id = {delivery.key: delivery for delivery in [*new, before]}
    assert {one.key: one for one in store.get_many(list(by_id))} == by_id


def test_a_test_event_has_no_alert(callbacks: CallbackStores) -> None:
    delivery = a_delivery(alert=None)
    assert callbacks.deliveries.add(delivery) is None
    assert callbacks.deliveries.get(delivery.key) == delivery
    page = callbacks.deliveries.of_endpoint(ENDPOINT, NOON, MONTH, 10, None, NOON)
    assert list(page.deliveries) == [delivery]


def test_events_2_8_a_delivery_to_the_bus_reads_back_is_due_and_in_no_list(callbacks: CallbackStores) -> None:
    # given one whose event is older than the delivery
    at = NOON - timedelta(hours=1)
    delivery = bus_delivery(ACME, "event.call.ended", "event/e1", "", {"canary": "+447700900123"}, at=at, now=NOON)
    assert callbacks.deliveries.add(delivery) is None
    assert callbacks.deliveries.get(delivery.key) == delivery
    assert list(callbacks.deliveries.due(NOON + PATIENCE, 10)) == [delivery.key]
    if (row := row_of(callbacks, delivery)) is not None:
        assert "gsi1pk" not in row
        assert "447700900123" not in str({**row, "sealed": None})

    put = callbacks.deliveries.save(after_put(delivery, None, NOON))
    assert put == callbacks.deliveries.get(delivery.key)
    assert list(callbacks.deliveries.due(MONTH, 10)) == []


def of_rule(**changes: object) -> Delivery:
    delivery = rule_delivery(
        ACME,
        RuleOrigin("r1", "n1"),
        "run1",
        endpoint_url=HOOK,
        url=f"{HOOK}&call.from=1",
        body="",
        now=NOON,
        method=WebhookMethod.GET,
        headers=(("Authorization", "Bearer canary-secret"), ("X-Desk", "7")),
    )
    return replace(delivery, **changes)  # type: ignore[arg-type]


def row_of(callbacks: CallbackStores, delivery: Delivery) -> Item | None:
    """Return the row of a delivery; None = the deliveries are in memory."""
    if callbacks.dynamodb is None:
        return None
    id = delivery.key.event_id
    key = row_key(f"T#{ACME}#WD#{id.removeprefix('evt_')[:2]}", id)
    return Table(callbacks.dynamodb, callbacks.table_name).get(key)


def test_al_19_a_webhook_of_a_rule_reads_back_with_its_method_and_headers(callbacks: CallbackStores) -> None:
    delivery = of_rule()
    assert callbacks.deliveries.add(delivery) is None
    assert callbacks.deliveries.get(delivery.key) == delivery
    assert list(callbacks.deliveries.due(NOON + PATIENCE, 10)) == [delivery.key]
    page = callbacks.deliveries.of_endpoint(EndpointKey.of(ACME, INSIDE, HOOK), NOON, MONTH, 10, None, NOON)
    assert list(page.deliveries) == [delivery]


def test_al_20_url_body_and_headers_of_a_webhook_are_sealed(callbacks: CallbackStores) -> None:
    delivery = of_rule(body='{"a":1}')
    callbacks.deliveries.add(delivery)
    if (row := row_of(callbacks, delivery)) is not None:
        clear = {name: value for name, value in row.items() if name != "sealed"}
        assert not any(word in str(clear) for word in ("canary", "Bearer", "X-Desk", "s3cret", "call.from"))
        assert (row["rule"], row["action"]) == ({"S": "r1"}, {"S": "n1"})


def test_a_delivery_of_an_earlier_version_is_read(callbacks: CallbackStores) -> None:
    delivery = a_delivery()
    callbacks.deliveries.add(delivery)
    if (row := row_of(callbacks, delivery)) is not None:
        assert unseal(FakeSealer(), ACME, row) == [delivery.url, delivery.encoding.value, delivery.body]
    found = callbacks.deliveries.get(delivery.key)
    assert found is not None
    assert (found.method, found.headers, found.origin, found.endpoint_url) == (WebhookMethod.POST, (), None, None)


def test_deliveries_are_read_together(callbacks: CallbackStores) -> None:
    first, second = of_rule(), a_delivery()
    callbacks.deliveries.add(first)
    callbacks.deliveries.add(second)
    missing = DeliveryKey(ACME, "evt_0")
    found = callbacks.deliveries.get_many([first.key, missing, second.key, first.key])
    assert sorted(found, key=lambda one: one.key.event_id) == sorted([first, second], key=lambda one: one.key.event_id)
    assert list(callbacks.deliveries.get_many([])) == []


def test_w2_an_event_has_one_delivery(callbacks: CallbackStores) -> None:
    first = started(a_delivery(), NOON)
    assert callbacks.deliveries.add(first) is None
    assert callbacks.deliveries.add(a_delivery(body="other")) == first
    assert callbacks.deliveries.get(first.key) == first


def test_of_writers_at_once_one_wins(callbacks: CallbackStores) -> None:
    delivery = a_delivery()
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: callbacks.deliveries.add(delivery), range(8)))
        saved = list(pool.map(lambda _: callbacks.deliveries.save(started(delivery, NOON)), range(8)))
    assert added.count(None) == 1
    assert sum(one is not None for one in saved) == 1


def test_a_save_over_a_version_that_is_gone_is_refused(callbacks: CallbackStores) -> None:
    delivery = a_delivery()
    callbacks.deliveries.add(delivery)
    assert callbacks.deliveries.save(started(delivery, NOON)) is not None
    assert callbacks.deliveries.save(paused(delivery)) is None
    found = callbacks.deliveries.get(delivery.key)
    assert found is not None
    assert found.state is DeliveryState.ATTEMPTING


def test_what_is_not_there_cannot_be_saved_or_put_off(callbacks: CallbackStores) -> None:
    delivery = a_delivery()
    assert callbacks.deliveries.save(delivery) is None
    callbacks.deliveries.check_again(delivery.key, NOON)
    assert callbacks.deliveries.get(delivery.key) is None
    assert list(callbacks.deliveries.due(MONTH, 10)) == []


def test_another_tenants_delivery_is_not_there(callbacks: CallbackStores) -> None:
    delivery = a_delivery()
    callbacks.deliveries.add(delivery)
    assert callbacks.deliveries.get(DeliveryKey(OTHER, delivery.key.event_id)) is None


# --- when due -------------------------------------------------------------------------------------------------


def test_w2_what_is_owed_comes_up_at_its_time_oldest_first_and_of_all_tenants(callbacks: CallbackStores) -> None:
    for n, minutes in enumerate((4, 2, 1, 3)):
        tenant = OTHER if n % 2 else ACME
        callbacks.deliveries.add(a_delivery(n, tenant=tenant, next_check_at=NOON + minutes * MINUTE))
    expected = [a_delivery(n, tenant=OTHER if n % 2 else ACME).key for n in (2, 1, 3, 0)]

    assert list(callbacks.deliveries.due(NOON + timedelta(seconds=59), 10)) == []
    assert list(callbacks.deliveries.due(NOON + 4 * MINUTE, 10)) == expected
    assert list(callbacks.deliveries.due(NOON + 4 * MINUTE, 2)) == expected[:2]


def test_what_is_settled_never_comes_up_and_cannot_be_put_off(callbacks: CallbackStores) -> None:
    delivery = a_delivery()
    callbacks.deliveries.add(delivery)
    callbacks.deliveries.check_again(delivery.key, NOON + 9 * MINUTE)
    assert list(callbacks.deliveries.due(NOON + 8 * MINUTE, 10)) == []
    assert list(callbacks.deliveries.due(NOON + 9 * MINUTE, 10)) == [delivery.key]

    callbacks.deliveries.save(paused(delivery))
    callbacks.deliveries.check_again(delivery.key, NOON)
    assert list(callbacks.deliveries.due(MONTH, 10)) == []


# --- of an endpoint -------------------------------------------------------------------------------------------


def made(callbacks: CallbackStores, count: int) -> list[Delivery]:
    found = [a_delivery(n, at=NOON + n * MINUTE) for n in range(count)]
    for delivery in found:
        callbacks.deliveries.add(delivery)
    return found


def test_w5_an_endpoints_deliveries_of_a_period_come_newest_first(callbacks: CallbackStores) -> None:
    found = made(callbacks, 6)
    other = an_endpoint("https://hooks.example.org/b").key
    callbacks.deliveries.add(a_delivery(99, endpoint=other))

    page = callbacks.deliveries.of_endpoint(ENDPOINT, NOON + MINUTE, NOON + 4 * MINUTE, 10, None, NOON)
    assert ids(page.deliveries) == ids(reversed(found[1:4]))
    assert page.next is None


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_w5_a_walk_meets_each_delivery_once(callbacks: CallbackStores, limit: int) -> None:
    found, seen, after = made(callbacks, 7), [], None
    while True:
        page = callbacks.deliveries.of_endpoint(ENDPOINT, NOON, MONTH, limit, after, NOON)
        assert len(page.deliveries) <= limit
        seen += ids(page.deliveries)
        after = page.next
        if after is None:
            break
    assert seen == ids(reversed(found))


def test_w5_after_thirty_days_a_delivery_is_not_shown(callbacks: CallbackStores) -> None:
    made(callbacks, 2)
    later = NOON + timedelta(days=30)
    page = callbacks.deliveries.of_endpoint(ENDPOINT, NOON, MONTH, 10, None, later)
    assert len(page.deliveries) == 1


def test_a_cursor_of_another_list_is_refused(callbacks: CallbackStores) -> None:
    made(callbacks, 3)
    page = callbacks.deliveries.of_endpoint(ENDPOINT, NOON, MONTH, 1, None, NOON)
    other = replace(ENDPOINT, hash="0" * 64)
    with pytest.raises(InvalidRequest):
        callbacks.deliveries.of_endpoint(other, NOON, MONTH, 1, page.next, NOON)


# --- answers --------------------------------------------------------------------------------------------------


def test_w7_answers_are_kept_apart_and_for_their_time_only(callbacks: CallbackStores) -> None:
    key, other = a_delivery(1).key, a_delivery(2).key
    week = NOON + timedelta(days=7)
    callbacks.deliveries.keep_answer(key, 1, b"\xff no", week)
    callbacks.deliveries.keep_answer(key, 12, b"still no", week + MINUTE)
    callbacks.deliveries.keep_answer(other, 1, b"other", week)

    assert callbacks.deliveries.answers(key, NOON) == {1: b"\xff no", 12: b"still no"}
    assert callbacks.deliveries.answers(key, week) == {12: b"still no"}
    assert callbacks.deliveries.get(key) is None
