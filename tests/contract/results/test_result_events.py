"""ResultEvents: each event is published once and collected once, whoever dies in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath, an_acceptance, events, names
from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.results import Publication
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent

MINUTE = timedelta(minutes=1)
BLANK = BatchProgress.blank(25)


def an_alert(tenant: TenantId = ACME) -> tuple[Alert, Sequence[Batch]]:
    alert = an_acceptance(100, tenant=tenant).alert
    return alert, list(alert.batches())


def progress(version: int) -> BatchProgress:
    """Return a tally in which every message of a slice has taken so many steps."""
    return BatchProgress((version,) * 25, {MessageState.SENT: 25})


def publish(
    world: AlertPath,
    batch: Batch,
    of: Sequence[ResultEvent],
    *,
    previous: BatchProgress = BLANK,
    upto: BatchProgress | None = None,
    expires_at: datetime | None = NOON + timedelta(days=30),
    key_id: ApiKeyId = KEY,
) -> BatchProgress:
    return world.results.publish(batch, key_id, previous, upto or progress(2), of, expires_at)


def collect(world: AlertPath, limit: int = 1000, alert: Alert | None = None, now: datetime = NOON) -> list[str]:
    return names(world.results.collect(ACME, KEY, alert.ref if alert else None, limit, now))


def remaining(world: AlertPath, alert: Alert | None = None, now: datetime = NOON) -> int:
    return world.results.remaining(ACME, KEY, alert.ref if alert else None, now)


# --- publish --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of_one_alert", [True, False])
def test_ah_126_what_was_published_is_collected_once(world: AlertPath, of_one_alert: bool) -> None:
    alert, (batch, *_) = an_alert()
    published = events(alert, "a", "b", "c", "d")
    assert publish(world, batch, published) == progress(2)

    which = alert if of_one_alert else None
    assert remaining(world, which) == 4
    assert list(world.results.collect(ACME, KEY, which.ref if which else None, 10, NOON)) == published
    assert collect(world, 10, which) == []
    assert remaining(world, which) == 0


def test_a_publication_repeated_after_a_crash_abides_by_the_first(world: AlertPath) -> None:
    # given a worker that published up to version 2 and died before it recorded the tally
    alert, (batch, *_) = an_alert()
    steps = events(alert, "a", "b", "c")
    publish(world, batch, steps[:2], upto=progress(2))

    # when the next one publishes from the same tally, knowing more
    stands = publish(world, batch, steps, upto=progress(3))

    # then it learns how far the first one came, and goes on from there
    assert stands == progress(2)
    assert publish(world, batch, steps[2:], previous=progress(2), upto=progress(3)) == progress(3)
    assert collect(world) == ["a", "b", "c"]


def test_a_collected_publication_is_not_published_again(world: AlertPath) -> None:
    # the client may be faster than the next worker
    alert, (batch, *_) = an_alert()
    publish(world, batch, events(alert, "a", "b"))
    assert collect(world) == ["a", "b"]

    assert publish(world, batch, events(alert, "a", "b", "c"), upto=progress(3)) == progress(2)

    assert collect(world) == []
    assert remaining(world, alert) == 0


def test_a_publication_without_events_stands_as_well(world: AlertPath) -> None:
    # given a reporter that saw steps nobody outside hears of, and a slow one that then knows more
    alert, (batch, *_) = an_alert()
    assert publish(world, batch, [], upto=progress(1)) == progress(1)

    assert publish(world, batch, events(alert, "a"), upto=progress(2)) == progress(1)

    assert remaining(world, alert) == 0
    assert publish(world, batch, events(alert, "a"), previous=progress(1)) == progress(2)
    assert collect(world) == ["a"]


def test_where_nothing_happened_nothing_is_published(world: AlertPath) -> None:
    alert, (batch, *_) = an_alert()
    assert publish(world, batch, [], upto=BLANK) == BLANK
    assert publish(world, batch, events(alert, "a")) == progress(2)
    assert collect(world) == ["a"]


def test_publications_of_other_batches_alerts_and_tenants_are_their_own(world: AlertPath) -> None:
    alert, (first, second, *_) = an_alert()
    other, (elsewhere, *_) = an_alert()
    foreign, (abroad, *_) = an_alert(OTHER)
    publish(world, first, events(alert, "a"))
    publish(world, second, events(alert, "b", at=NOON + MINUTE))
    publish(world, elsewhere, events(other, "c", at=NOON + 2 * MINUTE))
    publish(world, abroad, events(foreign, "d"))

    assert (remaining(world, alert), remaining(world, other), remaining(world)) == (2, 1, 3)
    assert collect(world, alert=other) == ["c"]
    assert collect(world) == ["a", "b"]
    assert names(world.results.collect(OTHER, KEY, foreign.ref, 9, NOON)) == ["d"]


def test_one_key_never_sees_the_events_of_another(world: AlertPath) -> None:
    alert, (batch, *_) = an_alert()
    publish(world, batch, events(alert, "a"), key_id=ApiKeyId("k2"))
    assert collect(world) == collect(world, alert=alert) == []
    assert remaining(world) == remaining(world, alert) == 0
    assert world.results.remaining(ACME, ApiKeyId("k2"), alert.ref, NOON) == 1


@pytest.mark.parametrize("first", [0, 1, 2])
def test_publications_of_several_batches_stand_each_for_itself(world: AlertPath, first: int) -> None:
    # given thirty slices, of which one was published before, and another has nothing to publish
    alert = an_acceptance(750).alert
    batches = list(alert.batches())
    these = [events(alert, f"{batch.number:02}") for batch in batches]
    publish(world, batches[first], these[first], upto=progress(1))
    wanted = [
        Publication(batch, BLANK, BLANK if batch.number == 3 else progress(2), of)
        for batch, of in zip(batches, these, strict=True)
    ]

    for _ in range(2):  # a repeat changes nothing
        stands = world.results.publish_all(wanted, KEY, alert.expires_at)

        assert [number for number, upto in enumerate(stands) if upto == progress(1)] == [first]
        assert stands[3] == BLANK
        assert sum(upto == progress(2) for upto in stands) == 28
    assert sorted(collect(world)) == [f"{number:02}" for number in range(30) if number != 3]


# --- collect --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of_one_alert", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 8, 100])
def test_ah_128_events_come_oldest_first_in_portions(world: AlertPath, limit: int, of_one_alert: bool) -> None:
    # given packs published in another order than things happened, and the last slice was the first
    alert, batches = an_alert()
    for n in (2, 0, 1):
        these = events(alert, *(f"{n}{letter}" for letter in "abc"[: n + 1]), at=NOON + n * MINUTE)
        publish(world, batches[2 - n], these)

    portions: list[list[str]] = []
    while portion := collect(world, limit, alert if of_one_alert else None):
        portions.append(portion)

    walked = [name for portion in portions for name in portion]
    assert walked == ["0a", "1a", "1b", "2a", "2b", "2c"]
    assert all(len(portion) <= limit for portion in portions)
    assert len(portions) == -(-6 // limit)


def test_events_of_packs_that_overlap_come_in_order(world: AlertPath) -> None:
    alert, (first, second, *_) = an_alert()
    publish(world, first, events(alert, "0", "2", "4"))
    publish(world, second, events(alert, "1", "3", at=NOON + timedelta(milliseconds=500)))
    assert collect(world) == ["0", "1", "2", "3", "4"]


def test_what_is_left_after_a_portion_is_counted(world: AlertPath) -> None:
    alert, (first, second, *_) = an_alert()
    publish(world, first, events(alert, "a", "b", "c"))
    publish(world, second, events(alert, "d", "e", at=NOON + MINUTE))
    collect(world, 4)
    assert remaining(world) == remaining(world, alert) == 1
    collect(world, 0)
    assert remaining(world) == 1


def test_ah_123_expired_results_are_gone(world: AlertPath) -> None:
    alert, (first, second, *_) = an_alert()
    publish(world, first, events(alert, "a"), expires_at=NOON + MINUTE)
    publish(world, second, events(alert, "b"), expires_at=None)

    assert remaining(world, now=NOON + MINUTE - timedelta(milliseconds=1)) == 2
    assert remaining(world, now=NOON + MINUTE) == remaining(world, alert, now=NOON + MINUTE) == 1
    assert collect(world, now=NOON + MINUTE) == ["b"]


def test_two_collectors_never_get_the_same_event(world: AlertPath) -> None:
    alert, batches = an_alert()
    everything = []
    for n, batch in enumerate(batches):
        these = events(alert, *(f"{n}-{m:02}" for m in range(25)), at=NOON + n * MINUTE)
        everything += names(these)
        publish(world, batch, these)

    def walk(collector: int) -> list[str]:
        walked: list[str] = []
        while portion := collect(world, 3 + collector % 4, alert if collector % 2 else None):
            walked += portion
        return walked

    with ThreadPoolExecutor(8) as pool:
        taken = Counter(name for walked in pool.map(walk, range(8)) for name in walked)

    assert taken == Counter(everything)


# --- peek -----------------------------------------------------------------------------------------------------


def peek(world: AlertPath, limit: int = 100, alert: Alert | None = None, now: datetime = NOON) -> list[str]:
    return names(world.results.peek(ACME, KEY, alert.ref if alert else None, limit, now))


@pytest.mark.parametrize("of_one_alert", [True, False])
def test_a_look_takes_nothing_and_shows_what_would_be_collected(world: AlertPath, of_one_alert: bool) -> None:
    alert, (first, second, third, *_) = an_alert()
    which = alert if of_one_alert else None
    publish(world, third, events(alert, "e", at=NOON + 2 * MINUTE))
    publish(world, second, events(alert, "c", "d", at=NOON + MINUTE))
    publish(world, first, events(alert, "a", "b"))

    assert peek(world, alert=which) == peek(world, alert=which) == ["a", "b", "c", "d", "e"]
    assert peek(world, 3, which) == ["a", "b", "c"]

    # what was collected is not shown again, also of a pack of which a part is left
    assert collect(world, 3, which) == ["a", "b", "c"]
    assert peek(world, alert=which) == ["d", "e"]
    assert collect(world, 9, which) == ["d", "e"]
    assert peek(world, alert=which) == []


def test_a_look_shows_at_most_the_oldest_hundred_of_many_packs(world: AlertPath) -> None:
    alert = an_acceptance(2500).alert
    batches = list(alert.batches())
    assert len(batches) == 100
    for n, batch in enumerate(batches):
        publish(world, batch, events(alert, f"{n:02}a", f"{n:02}b", at=NOON + n * MINUTE))
    assert peek(world) == [f"{n:02}{letter}" for n in range(50) for letter in "ab"]
    assert remaining(world) == 200


def test_a_look_shows_no_expired_event_and_none_of_another_key_or_tenant(world: AlertPath) -> None:
    alert, (first, second, third, *_) = an_alert()
    foreign, (abroad, *_) = an_alert(OTHER)
    publish(world, first, events(alert, "a"), expires_at=NOON + MINUTE)
    publish(world, second, events(alert, "b"))
    publish(world, third, events(alert, "c"), key_id=ApiKeyId("k2"))
    publish(world, abroad, events(foreign, "d"))

    assert peek(world, now=NOON + MINUTE) == ["b"]
    assert peek(world) == ["a", "b"]
    assert names(world.results.peek(OTHER, KEY, None, 9, NOON)) == ["d"]
    assert names(world.results.peek(OTHER, KEY, alert.ref, 9, NOON)) == []


# --- publish and record, with a crash between any two effects -------------------------------------------------


@pytest.mark.parametrize("dies_after_publishing", [frozenset(), {0}, {1}, {2}, {0, 1}, {0, 2}, {0, 1, 2}])
def test_r1_every_event_comes_once_whichever_reporter_dies(
    world: AlertPath, dies_after_publishing: frozenset[int]
) -> None:
    # given three reporters of one slice, each knowing one step more, of which some die before they record
    acceptance = an_acceptance(25)
    alert, batch = acceptance.alert, next(acceptance.alert.batches())
    world.alerts.accept(acceptance)
    steps = events(alert, "1", "2", "3")

    def report(known: int, *, dies: bool) -> None:
        """Publish and record until the tally says what is known, or die between the two."""
        while (previous := world.work.of_alert(ACME, alert.ref)[batch.number]).versions[0] < known:
            told = previous.versions[0]
            stands = world.results.publish(batch, KEY, previous, progress(known), steps[told:known], alert.expires_at)
            if dies:
                return
            assert world.work.record(batch, stands, previous)

    # when the sweeper reports last
    for n in range(3):
        report(n + 1, dies=n in dies_after_publishing)
    report(3, dies=False)

    assert collect(world) == ["1", "2", "3"]
    assert world.work.of_alert(ACME, alert.ref)[batch.number] == progress(3)


def test_r1_reporters_at_once_publish_each_event_once(world: AlertPath) -> None:
    # given 12 reporters that know between 1 and 6 steps and all start from the blank tally
    acceptance = an_acceptance(25)
    alert, batch = acceptance.alert, next(acceptance.alert.batches())
    world.alerts.accept(acceptance)
    steps = events(alert, *"abcdef")

    def report(known: int) -> None:
        while (previous := world.work.of_alert(ACME, alert.ref)[batch.number]).versions[0] < known:
            told = previous.versions[0]
            stands = world.results.publish(batch, KEY, previous, progress(known), steps[told:known], alert.expires_at)
            world.work.record(batch, stands, previous)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(report, [1, 2, 3, 4, 5, 6] * 2))

    assert collect(world) == list("abcdef")
