"""What is written together stands together, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from tests.builders import an_acceptance, sms
from tests.contract.alert_path import ACME, KEY, NOON, AlertPath
from tests.contract.cloud import Cloud, tenants_guarded
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.callbacks import FakeWebhookDeliveries
from tests.fakes.schedules import FakeCommitTogether, FakeSchedules
from tests.fakes.sealer import FakeSealer
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.timers import FakeTimers
from tests.unit.alerts.desk import a_claim
from tocsin.adapters.dynamodb.alerts.unit_of_work import DynamoDbUnitOfWork
from tocsin.adapters.dynamodb.schedules import DynamoDbSchedules
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import Acceptance, CapacityShort, Committed, Conflict
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.calendar.domain.repeat import Interval, parse_interval
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import KeyReused, Replayed
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import AlertRef, StoreId
from tocsin.schedules.domain.schedule import (
    Schedule,
    ScheduleBegun,
    ScheduleChanged,
    ScheduleId,
    ScheduleRun,
    ScheduleState,
    cancelled,
    due,
    paused,
    resumed,
    timer_key,
)
from tocsin.schedules.ports import Schedules
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.ports import Timers
from tocsin.webhooks.domain.callback import RuleOrigin
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed, rule_delivery
from tocsin.webhooks.ports.callbacks import WebhookDeliveries

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class World:
    """The stores of one make."""

    path: AlertPath
    write: CommitTogether
    schedules: Schedules
    timers: Timers
    stores: StoredContentRepository
    deliveries: WebhookDeliveries

    def begin(self, schedule: Schedule, store: StoredContent | None = None) -> object:
        return self.together(ScheduleBegun(schedule, store))

    def together(self, *participants: Participant, **more: object) -> object:
        return self.write(UnitOfWork(ACME, KEY, NOON, participants=participants, **more))  # type: ignore[arg-type]

    def standing(self, schedule: Schedule) -> Schedule | None:
        return self.schedules.get(schedule.tenant, schedule.key_id, schedule.id)


@pytest.fixture
def here(world: AlertPath, make: tuple[str, Cloud | None]) -> Iterator[World]:
    _, clients = make
    if isinstance(world.alerts, FakeAlertRepository) or clients is None:
        assert isinstance(world.alerts, FakeAlertRepository)
        schedules, timers, stores = FakeSchedules(), FakeTimers(), FakeStoredContentRepository()
        deliveries = FakeWebhookDeliveries()
        world.alerts.writes(DeliveryOwed, deliveries)
        write = FakeCommitTogether(world.alerts, schedules, stores, timers)
        yield World(world, write, schedules, timers, stores, deliveries)
        return
    sealer = FakeSealer()
    with tenants_guarded(clients.dynamodb):
        kept = DynamoDbStoredContentRepository(Table(clients.dynamodb, world.table_name), sealer, world.objects)
        yield World(
            world,
            DynamoDbUnitOfWork(world.table, sealer, world.objects),
            DynamoDbSchedules(world.table, sealer),
            DynamoDbTimers(world.table),
            kept,
            DynamoDbWebhookDeliveries(world.table, sealer),
        )


def an_owed_delivery(run: str = "run1") -> DeliveryOwed:
    url = "https://hooks.example.org/a"
    origin = RuleOrigin("r1", "n1")
    return DeliveryOwed(rule_delivery(ACME, origin, run, endpoint_url=url, url=url, body="{}", now=NOON))


def test_al_31_webhooks_of_a_rule_are_written_with_an_alert_or_alone(here: World) -> None:
    alone, beside = an_owed_delivery(), an_owed_delivery("run2")
    assert here.together(alone) == Committed()
    accepted = replace(an_alert(1), participants=(beside,))
    assert here.path.alerts.accept(accepted) == Committed()
    assert {here.deliveries.get(owed.delivery.key) for owed in (alone, beside)} == {alone.delivery, beside.delivery}

    # and what is there already keeps the rest from being written
    assert here.together(an_owed_delivery("run3"), alone) == Conflict(alone)
    late = replace(an_alert(2), participants=(an_owed_delivery("run3"), beside))
    assert here.path.alerts.accept(late) == Conflict(beside)
    assert here.deliveries.get(an_owed_delivery("run3").delivery.key) is None
    # but a repeat of what was written finds it
    assert here.path.alerts.accept(accepted) == Committed()


def an_alert(number: int) -> Acceptance:
    ref = AlertRef(f"019aa3c4-5d00-7c8f-9b3a-2f6d1e4c{number:04}")
    return an_acceptance(sms(f"+44770090000{number}"), ref=ref)


def a_schedule(number: int = 1, repeat: str | None = "1d", **more: object) -> Schedule:
    schedule = Schedule(
        ACME,
        KEY,
        ScheduleId(f"019aa3c4-5d00-7c8f-9b3a-{number:012}"),
        StoreId("019aa3c4-9f10-7b1e-8c55-0d3c6b5a4f21"),
        None,
        "Europe/London",
        NOON + HOUR,
        parse_interval(repeat) if repeat else Interval(),
        NOON + 9 * DAY if repeat else None,
        ScheduleState.ACTIVE,
        1,
        NOON,
        NOON + HOUR,
    )
    return replace(schedule, **more)  # type: ignore[arg-type]


def a_store(content: str = '{"alert":[]}') -> StoredContent:
    store_id = a_schedule().store_id
    return StoredContent(ACME, KEY, store_id, ContentType.ALERT, "t", None, content, NOON, 30 * DAY, NOON + 31 * DAY)


def moved(schedule: Schedule, at: datetime = NOON + HOUR) -> Schedule:
    decision = due(schedule, at)
    assert decision is not None
    return decision.ran(AlertRef("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"))


def test_ah_25_schedule_timer_and_store_are_made_at_once(here: World) -> None:
    schedule, store = a_schedule(), a_store()
    assert here.begin(schedule, store) == Committed()
    assert here.standing(schedule) == schedule
    assert here.timers.get(timer_key(ACME, KEY, schedule.id)) == schedule.timer
    assert here.stores.find(ACME, KEY, store.store_id, NOON) == store


def test_a_store_that_was_made_so_can_be_renewed_replaced_and_deleted(here: World) -> None:
    store = a_store()
    here.begin(a_schedule(), store)
    here.stores.touch(store, NOON, NOON + 60 * DAY)
    found = here.stores.get(ACME, KEY, StoreRef(store_id=store.store_id), ContentType.ALERT, NOON + 40 * DAY)
    assert found is not None
    assert found.expires_at == NOON + 90 * DAY
    assert here.stores.put(replace(store, content="{}")) == store.store_id
    assert here.stores.delete(ACME, KEY, store.store_id)


def test_a_big_store_is_made_as_well(here: World) -> None:
    store = a_store(json.dumps({"alert": [str(n * n) for n in range(200_000)]}))
    assert here.begin(a_schedule(), store) == Committed()
    assert here.stores.find(ACME, KEY, store.store_id, NOON) == store


def test_a_paused_one_has_no_timer_until_it_is_resumed(here: World) -> None:
    schedule = replace(a_schedule(), state=ScheduleState.PAUSED)
    here.begin(schedule)
    key = timer_key(ACME, KEY, schedule.id)
    assert here.timers.get(key) is None
    armed = resumed(schedule, NOON)
    assert here.together(ScheduleChanged(schedule, armed)) == Committed()
    assert here.timers.get(key) == armed.timer
    assert here.together(ScheduleChanged(armed, paused(armed))) == Committed()
    assert here.timers.get(key) is None


def test_t4_of_two_changes_from_one_standing_the_second_writes_nothing(here: World) -> None:
    schedule = a_schedule()
    here.begin(schedule)
    stopped = ScheduleChanged(schedule, cancelled(schedule, NOON))
    assert here.together(stopped) == Committed()
    for late in (ScheduleRun(schedule, moved(schedule)), ScheduleChanged(schedule, paused(schedule))):
        assert here.together(late) == Conflict(late)
    assert here.standing(schedule) == stopped.after
    assert here.timers.get(timer_key(ACME, KEY, schedule.id)) is None


def test_t2_a_run_and_its_alert_stand_together_or_not_at_all(here: World) -> None:
    schedule = a_schedule()
    here.begin(schedule)
    run = ScheduleRun(schedule, moved(schedule))
    first = replace(an_alert(1), participants=(run,))
    assert here.path.alerts.accept(first) == Committed()
    assert here.standing(schedule) == run.after
    second = replace(an_alert(2), participants=(run,))
    assert here.path.alerts.accept(second) == Conflict(run)
    assert here.path.alerts.get(ACME, second.alert.ref) is None


def test_the_answer_is_kept_with_it(here: World) -> None:
    schedule, claim = a_schedule(), a_claim()
    assert here.together(ScheduleBegun(schedule), claim=claim, answer="made") == Committed()
    second = ScheduleBegun(a_schedule(2))
    assert here.together(second, claim=claim, answer="other") == Replayed("made")
    assert here.together(second, claim=a_claim(fingerprint="f2"), answer="other") == KeyReused()
    assert here.standing(second.schedule) is None
    assert here.write.earlier_answer(ACME, KEY, claim, NOON + 23 * HOUR) == Replayed("made")
    assert here.write.earlier_answer(ACME, KEY, claim, NOON + 25 * HOUR) is None


def test_several_alerts_and_schedules_stand_together(here: World) -> None:
    alerts = [an_alert(1), an_alert(2)]
    begun = [ScheduleBegun(a_schedule(n)) for n in range(3)]
    assert here.together(*begun, acceptances=alerts) == Committed()
    assert all(here.path.alerts.get(ACME, each.alert.ref) for each in alerts)
    assert list(here.schedules.newest(ACME, KEY)) == [each.schedule for each in begun[::-1]]
    assert [r.address for key in alerts[1].chunks for r in here.path.alerts.recipients(key)] == ["+447700900002"]


def test_what_two_alerts_share_is_written_once(here: World) -> None:
    schedule = a_schedule()
    here.begin(schedule)
    run = ScheduleRun(schedule, moved(schedule))
    alerts = [replace(an_alert(n), participants=(run,)) for n in (1, 2)]
    assert here.together(acceptances=alerts) == Committed()
    assert here.standing(schedule) == run.after


def test_a_capacity_that_is_short_for_all_of_them_takes_none(here: World) -> None:
    here.path.set_capacity(Channel.SMS, 3)
    alerts = [replace(an_alert(n), consumption={Channel.SMS: 2}) for n in range(2)]
    assert here.together(ScheduleBegun(a_schedule()), acceptances=alerts) == CapacityShort()
    assert here.path.capacity(Channel.SMS) == 3
    assert here.standing(a_schedule()) is None
    here.path.set_capacity(Channel.SMS, 4)
    assert here.together(acceptances=alerts) == Committed()
    assert here.path.capacity(Channel.SMS) == 0


def test_one_that_cannot_be_written_holds_up_all(here: World) -> None:
    schedule = a_schedule()
    here.begin(schedule)
    alert = an_alert(1)
    again = ScheduleBegun(schedule)
    assert here.together(ScheduleBegun(a_schedule(2)), again, acceptances=[alert]) == Conflict(again)
    assert here.path.alerts.get(ACME, alert.alert.ref) is None
    assert here.standing(a_schedule(2)) is None


def test_what_one_transaction_does_not_hold_is_refused_and_leaves_nothing(here: World) -> None:
    schedules = [ScheduleBegun(a_schedule(n), a_store()) for n in range(40)]
    with pytest.raises(RequestTooLarge, match="100 rows"):
        here.together(*schedules)
    assert list(here.schedules.newest(ACME, KEY)) == []


def test_nothing_but_an_answer_can_be_kept_too(here: World) -> None:
    assert here.together(claim=a_claim(), answer="nothing changed") == Committed()
    assert here.together(claim=a_claim(), answer="again") == Replayed("nothing changed")
