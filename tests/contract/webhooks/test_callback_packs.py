"""CallbackPacks: a published pack is open until it is closed, and nobody can collect it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, an_acceptance, events
from tests.contract.results.test_result_events import BLANK, progress
from tests.contract.webhooks.callback_stores import CallbackStores
from tocsin.alerts.domain.alert import Batch, Lane
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.results.domain.result_event import ResultEvent, event_name, pack_name
from tocsin.webhooks.domain.callback import ORDER_PATIENCE, PackKey

MONTH = NOON + timedelta(days=30)


def published(
    stores: CallbackStores, *names: str, tenant: TenantId = ACME, callback: Lane | None = Lane.BULK
) -> tuple[PackKey, list[ResultEvent], Batch]:
    alert = an_acceptance(25, tenant=tenant).alert
    batch = next(iter(alert.batches()))
    told = list(events(alert, *names))
    stores.results.publish(batch, KEY, BLANK, progress(2), told, MONTH, callback=callback)
    return PackKey(tenant, alert.ref, pack_name(batch.number, BLANK.versions)), told, batch


def test_ah_126_what_is_called_back_is_in_the_outbox_and_not_in_the_poll(callbacks: CallbackStores) -> None:
    pack, told, _ = published(callbacks, "a", "b", "c")
    assert list(callbacks.packs.load(pack) or ()) == told
    for alert in (None, pack.alert):
        assert callbacks.results.remaining(ACME, KEY, alert, NOON) == 0
        assert list(callbacks.results.collect(ACME, KEY, alert, 10, NOON)) == []


def test_ah_126_what_is_polled_is_not_in_the_outbox(callbacks: CallbackStores) -> None:
    pack, _, _ = published(callbacks, "a", callback=None)
    assert callbacks.packs.load(pack) is None
    assert list(callbacks.packs.due(MONTH, 10)) == []
    assert callbacks.results.remaining(ACME, KEY, None, NOON) == 1


def test_a_closed_pack_is_closed_for_good(callbacks: CallbackStores) -> None:
    # given a pack that was handed over
    pack, told, batch = published(callbacks, "a")
    for _ in range(2):
        callbacks.packs.close(pack)

    # then it is gone, whoever publishes or looks again
    callbacks.packs.check_again(pack, NOON)
    stands = callbacks.results.publish(batch, KEY, BLANK, progress(3), told, MONTH, callback=Lane.BULK)
    assert stands == progress(2)
    assert callbacks.packs.load(pack) is None
    assert list(callbacks.packs.due(MONTH, 10)) == []


def test_a_publication_without_events_is_nobodys_business(callbacks: CallbackStores) -> None:
    pack, _, _ = published(callbacks)
    assert callbacks.packs.load(pack) is None
    assert list(callbacks.packs.due(MONTH, 10)) == []


def test_r9_a_pack_whose_order_was_lost_comes_up_when_patience_is_over(callbacks: CallbackStores) -> None:
    pack, told, _ = published(callbacks, "a", "b")
    due = max(event.whence for event in told) + ORDER_PATIENCE

    assert list(callbacks.packs.due(due - timedelta(milliseconds=1), 10)) == []
    assert list(callbacks.packs.due(due, 10)) == [pack]

    callbacks.packs.check_again(pack, due + ORDER_PATIENCE)
    assert list(callbacks.packs.due(due, 10)) == []
    assert list(callbacks.packs.due(due + ORDER_PATIENCE, 10)) == [pack]


def test_packs_come_up_oldest_first_and_of_all_tenants(callbacks: CallbackStores) -> None:
    packs = [published(callbacks, "a", tenant=tenant)[0] for tenant in (ACME, OTHER, ACME, OTHER)]
    for minutes, pack in zip((3, 1, 4, 2), packs, strict=True):
        callbacks.packs.check_again(pack, NOON + timedelta(minutes=minutes))
    assert list(callbacks.packs.due(MONTH, 3)) == [packs[1], packs[3], packs[0]]


def test_another_tenants_pack_is_not_there(callbacks: CallbackStores) -> None:
    pack, _, _ = published(callbacks, "a")
    assert callbacks.packs.load(PackKey(OTHER, pack.alert, pack.name)) is None
    never = PackKey(ACME, AlertRef("0192ffff-0000-7000-8000-000000000000"), pack.name)
    callbacks.packs.close(never)
    callbacks.packs.check_again(never, NOON)
    assert callbacks.packs.load(never) is None


@pytest.mark.parametrize("mode", [NotificationMode.CALLBACK, NotificationMode.BUS])
def test_ah_126_a_happening_of_an_alert_that_is_delivered_is_a_pack_of_its_own(
    callbacks: CallbackStores, mode: NotificationMode
) -> None:
    alert = replace(an_acceptance(25).alert, notification=mode)
    (reply,) = (replace(event, details={"reply": "on my way"}) for event in events(alert, "reply"))
    pack = PackKey(ACME, alert.ref, event_name(reply.event_id))

    assert callbacks.event_publisher.publish(alert, reply)
    assert not callbacks.event_publisher.publish(alert, reply)

    assert list(callbacks.packs.load(pack) or ()) == [reply]
    assert callbacks.results.remaining(ACME, KEY, alert.ref, NOON) == 0
    assert list(callbacks.packs.due(reply.whence + ORDER_PATIENCE, 10)) == [pack]

    callbacks.packs.close(pack)
    assert not callbacks.event_publisher.publish(alert, reply)
    assert callbacks.packs.load(pack) is None
    assert list(callbacks.packs.due(MONTH, 10)) == []


def test_the_first_failure_of_an_open_pack_is_remembered(callbacks: CallbackStores) -> None:
    pack, told, _ = published(callbacks, "a")
    later = NOON + timedelta(hours=3)
    assert callbacks.packs.failing_since(pack, NOON) == NOON
    assert callbacks.packs.failing_since(pack, later) == NOON
    assert list(callbacks.packs.load(pack) or ()) == told

    # a closed pack does not fail, and stays closed
    callbacks.packs.close(pack)
    for now in (later, later + ORDER_PATIENCE):
        assert callbacks.packs.failing_since(pack, now) == now
    assert callbacks.packs.load(pack) is None
    assert list(callbacks.packs.due(MONTH, 10)) == []
