"""What every store of triggers promises: one store per word, one firing per message, every count once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.builders import an_acceptance
from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath
from tests.contract.alert_path import an_acceptance as a_crowd
from tests.contract.audit.test_audit_trail import entry as an_entry
from tests.contract.audit.test_audit_trail import read as entries_of
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.directory import FakeAuditTrail
from tests.fakes.sealer import FakeSealer
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.timers import FakeTimers
from tests.fakes.triggers import FakeTriggers
from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.dynamodb.triggers.triggers import DynamoDbTriggers
from tocsin.alerts.domain.features import TriggerKind, TriggerWord
from tocsin.alerts.ports.alerts import AlertRepository, Committed, Conflict
from tocsin.audit.ports import AuditTrail
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, CompanyId, StoreId, TenantId, UserId, time_ordered_uuid
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import Timers
from tocsin.triggers.domain.trigger import (
    NotFiredReason,
    Trigger,
    TriggerActivated,
    TriggerRun,
    TriggerRunId,
    TriggerRunSent,
    TriggerRunState,
    trigger_run_id,
)
from tocsin.triggers.ports import Activated, Activation, Fired, Triggers

YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)
FIRE = TriggerWord(TriggerKind.SMS, "FIRE", "fire drill")
FIRE_BY_MAIL = TriggerWord(TriggerKind.EMAIL, "Fire", "fire mail")
_numbers = itertools.count(1)


@dataclass
class Place:
    """Triggers and what they are written with."""

    triggers: Triggers
    stores: StoredContentRepository
    timers: Timers
    alerts: AlertRepository
    trail: AuditTrail


@pytest.fixture
def place(world: AlertPath) -> Place:
    if world.engine == "fake":
        assert isinstance(world.alerts, FakeAlertRepository)
        stores, timers, trail = FakeStoredContentRepository(), FakeTimers(), FakeAuditTrail()
        return Place(FakeTriggers(world.alerts, stores, timers, trail), stores, timers, world.alerts, trail)
    table = Table(world.dynamodb, world.table_name, Backoff(tries=40, base=0.002, cap=0.05))
    bare, sealer = Table(_bare(world.dynamodb), world.table_name), FakeSealer()
    return Place(
        DynamoDbTriggers(table, sealer, world.objects),
        DynamoDbStoredContentRepository(bare, sealer, world.objects),
        DynamoDbTimers(table),
        world.alerts,
        DynamoDbAuditTrail(table, sealer),
    )


def _bare(client: Any) -> Any:
    """Return the client behind the guards: PynamoDB takes no other."""
    return client if isinstance(client, BaseClient) else _bare(client._client)


def a_trigger(
    *words: TriggerWord, store: int = 1, tenant: TenantId = ACME, key: ApiKeyId = KEY, **changes: object
) -> Trigger:
    number = next(_numbers)
    plain = Trigger(
        tenant=tenant,
        key_id=key,
        store_id=StoreId(f"00000000-0000-4000-8000-{store:012}"),
        activation=f"activation-{number}",
        words=words or (FIRE,),
        every=MINUTE,
        at_most=3,
        activated_at=NOON,
        expires_at=NOON + YEAR,
        client_ref="drill-1",
        made=Made(UserId("u7"), CompanyId("north")),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_store(trigger: Trigger, **changes: object) -> StoredContent:
    plain = StoredContent(
        tenant=trigger.tenant,
        key_id=trigger.key_id,
        store_id=trigger.store_id,
        type=ContentType.ALERT,
        tag="drill",
        name=None,
        content='{"alert":[]}',
        created_at=NOON,
        lifetime=timedelta(days=30),
        expires_at=trigger.expires_at,
        made=trigger.made,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def arm(place: Place, trigger: Trigger, over: Trigger | None = None, now: datetime = NOON) -> object:
    return place.triggers.activate(Activation(TriggerActivated(trigger, over), a_store(trigger)), now)


def a_trigger_run(trigger: Trigger, message: str = "in-1", at: datetime = NOON, **changes: object) -> TriggerRun:
    word = trigger.words[0]
    plain = TriggerRun(
        id=trigger_run_id(trigger.tenant, word.kind, message),
        tenant=trigger.tenant,
        key_id=trigger.key_id,
        store_id=trigger.store_id,
        word=word,
        alerter="+447700900001",
        contact_id=None,
        channel=Channel.SMS,
        at=at,
        client_ref=trigger.client_ref,
        made=trigger.made,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_timer(trigger_run: TriggerRun) -> Timer:
    return Timer(TimerKey(trigger_run.tenant, TimerKind.TRIGGER, trigger_run.id), 1, trigger_run.at)


def fire(place: Place, trigger_run: TriggerRun, over: Trigger) -> Fired:
    return place.triggers.fire(trigger_run, over, a_timer(trigger_run))


# --- arming -------------------------------------------------------------------------------------------------------


def test_what_is_armed_stands_with_its_store_and_its_words(place: Place) -> None:
    trigger = a_trigger(FIRE, FIRE_BY_MAIL, TriggerWord(TriggerKind.SHORTLINK, "Übung/7", "link"))

    assert arm(place, trigger) is Activated.DONE

    assert place.triggers.get(ACME, KEY, trigger.store_id) == trigger
    assert place.triggers.of_key(ACME, KEY) == [trigger]
    assert place.triggers.words(ACME, KEY, TriggerKind.SMS) == {"FIRE": trigger.store_id}
    assert place.triggers.words(ACME, KEY, TriggerKind.EMAIL) == {"Fire": trigger.store_id}
    assert place.triggers.holder(ACME, KEY, TriggerKind.SHORTLINK, "üBUNG/7") == trigger.store_id
    assert place.triggers.holder(ACME, KEY, TriggerKind.EMAIL, "Übung/7") is None
    assert place.stores.find(ACME, KEY, trigger.store_id, NOON) == a_store(trigger)


def test_nobody_elses_trigger_is_ever_found(place: Place) -> None:
    mine = a_trigger()
    arm(place, mine)
    for tenant, key in ((OTHER, KEY), (ACME, ApiKeyId("k2"))):
        assert place.triggers.get(tenant, key, mine.store_id) is None
        assert place.triggers.of_key(tenant, key) == []
        assert place.triggers.words(tenant, key, TriggerKind.SMS) == {}
        assert place.triggers.holder(tenant, key, TriggerKind.SMS, "fire") is None
        assert arm(place, a_trigger(store=2, tenant=tenant, key=key)) is Activated.DONE
    assert place.triggers.get(ACME, KEY, mine.store_id) == mine


def test_a_word_belongs_to_one_store_in_whatever_case(place: Place) -> None:
    arm(place, a_trigger())
    second = a_trigger(replace(FIRE, keyword="fire"), FIRE_BY_MAIL, store=2)

    assert arm(place, second) is Activated.CONFLICT

    assert place.triggers.get(ACME, KEY, second.store_id) is None
    assert place.triggers.words(ACME, KEY, TriggerKind.EMAIL) == {}
    assert place.stores.find(ACME, KEY, second.store_id, NOON) is None


def test_the_word_of_a_trigger_that_is_over_is_free(place: Place) -> None:
    arm(place, a_trigger(expires_at=NOON + MINUTE))
    second = a_trigger(store=2)
    assert arm(place, second, now=NOON + MINUTE) is Activated.DONE
    assert place.triggers.holder(ACME, KEY, TriggerKind.SMS, "fire") == second.store_id


def test_a_repeat_under_the_same_claim_gets_the_first_answer_and_arms_nothing(place: Place) -> None:
    claim = IdempotencyClaim("sendalert", "once", "f1")
    first, again = a_trigger(), a_trigger(FIRE_BY_MAIL, store=2)
    assert (
        place.triggers.activate(Activation(TriggerActivated(first), a_store(first), claim, "said"), NOON)
        is Activated.DONE
    )

    repeated = Activation(TriggerActivated(again), a_store(again), claim, "other")
    assert place.triggers.activate(repeated, NOON) == Replayed("said")
    assert place.triggers.activate(replace(repeated, claim=replace(claim, fingerprint="f2")), NOON) == KeyReused()

    assert place.triggers.of_key(ACME, KEY) == [first]
    assert place.alerts.earlier_answer(ACME, KEY, claim, NOON) == Replayed("said")


def test_the_audit_entry_of_an_activation_is_written_with_it_or_not_at_all(place: Place) -> None:
    claim = IdempotencyClaim("sendalert", "once", "f1")
    first, second = a_trigger(), a_trigger(store=2)
    done = Activation(TriggerActivated(first), a_store(first), claim, "said", an_entry(1))
    refused = Activation(TriggerActivated(second), a_store(second), entry=an_entry(2))

    assert place.triggers.activate(done, NOON) is Activated.DONE
    assert place.triggers.activate(refused, NOON) is Activated.CONFLICT
    assert place.triggers.activate(replace(done, entry=an_entry(3)), NOON) == Replayed("said")

    assert entries_of(place.trail) == [an_entry(1)]


def test_a_store_too_big_for_a_row_is_armed_too(place: Place) -> None:
    trigger = a_trigger()
    noise = "".join(chr(33 + (n * n * 7919 + n) % 90) for n in range(500_000))
    big = a_store(trigger, content=noise + "".join(map(str, range(150_000))))
    assert place.triggers.activate(Activation(TriggerActivated(trigger), big), NOON) is Activated.DONE
    assert place.stores.find(ACME, KEY, trigger.store_id, NOON) == big


def test_of_ten_who_arm_one_word_at_once_one_does(place: Place) -> None:
    triggers = [a_trigger(store=number) for number in range(1, 11)]
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda trigger: arm(place, trigger), triggers))
    assert outcomes.count(Activated.DONE) == 1
    (standing,) = place.triggers.of_key(ACME, KEY)
    assert standing == triggers[outcomes.index(Activated.DONE)]


# --- armed with a send ----------------------------------------------------------------------------------------------


def stored(place: Place, trigger: Trigger, **changes: object) -> None:
    place.stores.put(a_store(trigger, **changes))


def send_with(place: Place, active: TriggerActivated, at: datetime = NOON) -> object:
    ref = AlertRef(time_ordered_uuid(at, next(_numbers).to_bytes(10, "big")))
    return place.alerts.accept(replace(an_acceptance(at=at, ref=ref), participants=(active,)))


def test_a_trigger_of_a_store_that_is_there_is_armed_with_the_alert(place: Place) -> None:
    trigger = a_trigger()
    stored(place, trigger)
    assert send_with(place, TriggerActivated(trigger)) == Committed()
    assert place.triggers.of_key(ACME, KEY) == [trigger]


def test_it_is_not_if_the_store_has_gone(place: Place) -> None:
    active = TriggerActivated(a_trigger())
    assert send_with(place, active) == Conflict(active)
    stored(place, active.trigger, expires_at=NOON)
    assert send_with(place, active) == Conflict(active)
    assert place.triggers.of_key(ACME, KEY) == []


def test_arming_again_takes_the_place_of_the_old_and_frees_its_other_words(place: Place) -> None:
    old = a_trigger(FIRE, FIRE_BY_MAIL)
    stored(place, old)
    send_with(place, TriggerActivated(old))
    new = a_trigger(replace(FIRE, tag="new"))

    assert send_with(place, TriggerActivated(new)) == Conflict(TriggerActivated(new))
    assert send_with(place, TriggerActivated(new, old)) == Committed()
    assert send_with(place, TriggerActivated(old, old)) == Conflict(TriggerActivated(old, old))

    assert place.triggers.of_key(ACME, KEY) == [new]
    assert place.triggers.words(ACME, KEY, TriggerKind.EMAIL) == {}


def test_what_does_not_fit_into_one_transaction_is_refused_and_arms_nothing(world: AlertPath, place: Place) -> None:
    if world.engine == "fake":
        pytest.skip("memory has room for everything")
    words = [replace(FIRE, keyword=f"word{number}") for number in range(10)]
    trigger = a_trigger(*words)
    stored(place, trigger)
    crowd = a_crowd(*[251] * 24, 3_976, consumption={Channel.SMS: 1, Channel.EMAIL: 1})
    with pytest.raises(RequestTooLarge):
        place.alerts.accept(replace(crowd, participants=(TriggerActivated(trigger),)))
    assert place.triggers.of_key(ACME, KEY) == []


# --- ending -------------------------------------------------------------------------------------------------------


def test_an_ended_trigger_frees_its_words_and_leaves_its_store(place: Place) -> None:
    trigger = a_trigger(FIRE, FIRE_BY_MAIL)
    arm(place, trigger)

    assert place.triggers.end(trigger)

    assert not place.triggers.end(trigger)
    assert place.triggers.of_key(ACME, KEY) == []
    assert place.triggers.words(ACME, KEY, TriggerKind.SMS) == {}
    assert place.stores.find(ACME, KEY, trigger.store_id, NOON) is not None
    assert arm(place, a_trigger(store=2)) is Activated.DONE


def test_who_ends_an_old_arming_leaves_the_new_one(place: Place) -> None:
    old, new = a_trigger(), a_trigger()
    stored(place, old)
    send_with(place, TriggerActivated(old))
    send_with(place, TriggerActivated(new, old))
    assert not place.triggers.end(old)
    assert place.triggers.holder(ACME, KEY, TriggerKind.SMS, "fire") == new.store_id


# --- firing -------------------------------------------------------------------------------------------------------


def test_a_run_counts_and_arms_its_timer(place: Place) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    trigger_run = a_trigger_run(trigger, contact_id="ana")

    assert fire(place, trigger_run, trigger) is Fired.DONE

    assert place.triggers.trigger_run(ACME, trigger_run.id) == trigger_run
    assert place.triggers.get(ACME, KEY, trigger.store_id) == replace(trigger, fired=1, last_at=NOON)
    assert place.timers.get(a_timer(trigger_run).key) == a_timer(trigger_run)


def test_a_message_fires_once_and_counts_once(place: Place) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    fire(place, a_trigger_run(trigger), trigger)
    counted = place.triggers.get(ACME, KEY, trigger.store_id)
    assert counted is not None

    assert fire(place, a_trigger_run(trigger, at=NOON + MINUTE), counted) is Fired.REPEATED

    assert place.triggers.get(ACME, KEY, trigger.store_id) == counted


def test_runs_by_mail_are_counted_with_their_trigger(place: Place) -> None:
    trigger = a_trigger(FIRE_BY_MAIL, at_most=0)
    arm(place, trigger)
    for minute in range(8):
        before = place.triggers.get(ACME, KEY, trigger.store_id)
        assert before is not None
        at = NOON + minute * MINUTE
        trigger_run = a_trigger_run(trigger, f"m-{minute}", at, answers_ours=minute % 2 == 0)
        assert fire(place, trigger_run, before) is Fired.DONE
        assert place.triggers.trigger_run(ACME, trigger_run.id) == trigger_run
    after = place.triggers.get(ACME, KEY, trigger.store_id)
    assert after is not None
    assert after.mailed_at == tuple(NOON + minute * MINUTE for minute in range(2, 8))
    assert after.answered_at == tuple(NOON + minute * MINUTE for minute in (0, 2, 4, 6))
    copy = replace(after, store_id=StoreId("00000000-0000-4000-8000-000000000099"), words=(FIRE,))
    arm(place, copy)
    assert place.triggers.get(ACME, KEY, copy.store_id) == copy


@pytest.mark.parametrize("change", [{"fired": 1}, {"activation": "another"}])
def test_a_run_on_a_trigger_that_was_read_otherwise_is_in_conflict(place: Place, change: dict[str, object]) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    trigger_run = a_trigger_run(trigger)
    assert fire(place, trigger_run, replace(trigger, **change)) is Fired.CONFLICT  # type: ignore[arg-type]
    assert place.triggers.trigger_run(ACME, trigger_run.id) is None
    assert place.timers.get(a_timer(trigger_run).key) is None
    assert place.triggers.get(ACME, KEY, trigger.store_id) == trigger


def test_a_run_on_a_trigger_that_was_ended_is_in_conflict(place: Place) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    place.triggers.end(trigger)
    assert fire(place, a_trigger_run(trigger), trigger) is Fired.CONFLICT
    assert place.triggers.of_key(ACME, KEY) == []


def test_of_twenty_messages_at_once_one_is_first_and_the_others_are_in_conflict(place: Place) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    firings = [a_trigger_run(trigger, f"in-{n}") for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda trigger_run: fire(place, trigger_run, trigger), firings))
    assert outcomes.count(Fired.DONE) == 1
    assert set(outcomes) == {Fired.DONE, Fired.CONFLICT}
    counted = place.triggers.get(ACME, KEY, trigger.store_id)
    assert counted is not None
    assert counted.fired == 1


def test_a_refused_run_is_kept_once_with_its_reason(place: Place) -> None:
    refused = replace(a_trigger_run(a_trigger()), state=TriggerRunState.REFUSED, reason=NotFiredReason.TOO_SOON)
    assert place.triggers.refuse(refused)
    assert not place.triggers.refuse(replace(refused, reason=NotFiredReason.USED_UP))
    assert place.triggers.trigger_run(ACME, refused.id) == refused
    assert place.triggers.trigger_run(OTHER, refused.id) is None


# --- sending ------------------------------------------------------------------------------------------------------


def settle_by_sending(place: Place, trigger_run: TriggerRun) -> object:
    return place.alerts.accept(replace(an_acceptance(), participants=(TriggerRunSent(trigger_run),)))


def settle_by_failing(place: Place, trigger_run: TriggerRun) -> object:
    return place.triggers.fail(replace(trigger_run, state=TriggerRunState.FAILED, reason=NotFiredReason.STORE_GONE))


def test_a_run_is_sent_with_its_alert(place: Place) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    trigger_run = a_trigger_run(trigger)
    fire(place, trigger_run, trigger)

    assert settle_by_sending(place, trigger_run) == Committed()

    sent = replace(trigger_run, state=TriggerRunState.SENT, alert=an_acceptance().alert.ref)
    assert place.triggers.trigger_run(ACME, trigger_run.id) == sent


@pytest.mark.parametrize("first", [settle_by_sending, settle_by_failing])
def test_what_became_of_a_run_first_stands(place: Place, first: Callable[[Place, TriggerRun], object]) -> None:
    trigger = a_trigger()
    arm(place, trigger)
    trigger_run = a_trigger_run(trigger)
    fire(place, trigger_run, trigger)
    first(place, trigger_run)
    settled = place.triggers.trigger_run(ACME, trigger_run.id)
    assert settled is not None
    assert settled.state is not TriggerRunState.DUE

    assert settle_by_failing(place, trigger_run) is False
    later = an_acceptance(at=NOON + MINUTE, ref=AlertRef(time_ordered_uuid(NOON + MINUTE, b"0987654321")))
    sent = TriggerRunSent(trigger_run)
    assert place.alerts.accept(replace(later, participants=(sent,))) == Conflict(sent)

    assert place.triggers.trigger_run(ACME, trigger_run.id) == settled


def test_a_run_that_is_not_there_is_not_sent(place: Place) -> None:
    sent = TriggerRunSent(replace(a_trigger_run(a_trigger()), id=TriggerRunId("0" * 32)))
    assert place.alerts.accept(replace(an_acceptance(), participants=(sent,))) == Conflict(sent)
