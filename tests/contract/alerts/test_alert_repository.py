"""AlertRepository: what is accepted is accepted whole, once, and found again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import Any

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath, an_acceptance, number
from tocsin.adapters.dynamodb.alerts.keys import META, alert_list_pk, alert_pk
from tocsin.adapters.dynamodb.table.rows import expiry
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.table import STATEMENTS
from tocsin.alerts.domain.alert import MAX_RECIPIENTS, Alert, ChunkKey
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.alerts.ports.alerts import ALERTS_SEEN, Acceptance, AlertFilter, CapacityShort, Committed
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import LookupTerms
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId
from tocsin.schedules.domain.schedule import MISFIRE_GRACE
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Replay, Simple, SpokenSsml, SpokenText, Voice
from tocsin.voice.domain.speech import Said

MINUTE, DAY = timedelta(minutes=1), timedelta(hours=24)


def claim(key: str = "order-7", fingerprint: str = "f1", route: str = "sendalert") -> IdempotencyClaim:
    return IdempotencyClaim(route, key, fingerprint)


def without_contents(alert: Alert) -> Alert:
    return replace(alert, items=tuple(replace(item, content=None) for item in alert.items))


# --- accept and read back -------------------------------------------------------------------------------------


def test_an_accepted_alert_reads_back_as_it_was(world: AlertPath) -> None:
    # given one call with sms and email, texts in every script
    acceptance = an_acceptance(3, 260, text="Straße gesperrt 🚧 %%NAME%% \u0000\ud83d")

    assert world.alerts.accept(acceptance) == Committed()

    assert world.alerts.get(ACME, acceptance.alert.ref) == acceptance.alert
    for key, recipients in acceptance.chunks.items():
        assert tuple(world.alerts.recipients(key)) == recipients


VOICE = Voice("Amy", "neural")
PROMPTS: dict[PromptName, Said] = {
    PromptName.PRE: SpokenSsml("<speak>Gate <break/> 3</speak>", VOICE),
    PromptName.MAIN: SpokenText("Straße gesperrt 🚧", Voice("Daniel", "neural")),
    PromptName.POST: Recording(b"RIFF\0\xff", 1_500),
    PromptName.DONE: SpokenText("thank you", VOICE),
}
CALLS = {
    "simple": CallContent(number(9), Simple(require_response=True), {PromptName.MAIN: PROMPTS[PromptName.MAIN]}, 3),
    "replay": CallContent(number(9), Replay("13", "2#", "0", barge_in=True), PROMPTS, 10),
    "long": CallContent(number(9), Simple(), {PromptName.MAIN: Recording(bytes(1_920_000), 240_000)}),
}


@pytest.mark.parametrize("content", CALLS.values(), ids=list(CALLS))
def test_what_a_call_says_reads_back_as_it_was(world: AlertPath, content: CallContent) -> None:
    acceptance = an_acceptance(1)
    (item,) = acceptance.alert.items
    said = replace(item, channel=Channel.CALL, content=content, lookups=LookupTerms("gate 3", frozenset({"name"})))
    alert = replace(acceptance.alert, items=(said,))
    assert world.alerts.accept(replace(acceptance, alert=alert)) == Committed()
    assert world.alerts.get(ACME, alert.ref) == alert


NIGHT = QuietHours(time(22), time(7))


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": None},
        {"sandbox": True},
        {"urgent": True},
        {"ends_on_time": True},
        {"click_counts": True},
        {"title": "Straße gesperrt 🚧"},
        {"sent_by": SentBy(SenderKind.KEY, "k1", "Control room")},
        {"sent_by": SentBy(SenderKind.USER, "u7")},
        {"least_evidence": Evidence.WROTE},
        {"account": AccountClock("Europe/London")},
        {"account": AccountClock("UTC", replace(NIGHT, weekdays=frozenset({1, 7}))), "urgent": True},
    ],
)
def test_its_variants_read_back_too(world: AlertPath, change: dict[str, object]) -> None:
    acceptance = an_acceptance()
    alert = replace(acceptance.alert, **change, email_subject_ref=None)  # type: ignore[arg-type]
    world.alerts.accept(replace(acceptance, alert=alert))
    assert world.alerts.get(ACME, alert.ref) == alert


@pytest.mark.parametrize("confirm", [None, True, False])
def test_what_its_short_links_show_reads_back(world: AlertPath, confirm: bool | None) -> None:
    acceptance = an_acceptance()
    terms = LookupTerms("gate", frozenset({"firstname"}), True, "https://x.test/go", confirm)
    (item,) = acceptance.alert.items
    alert = replace(acceptance.alert, items=(replace(item, lookups=terms),))
    world.alerts.accept(replace(acceptance, alert=alert))
    assert world.alerts.get(ACME, alert.ref) == alert


def test_receivers_read_back_with_their_own_quiet_hours(world: AlertPath) -> None:
    acceptance = an_acceptance(4)
    (key,) = acceptance.chunks
    choices = (None, NIGHT, replace(NIGHT, zone="Asia/Tokyo"), Reachable.ALWAYS)
    sleepers = tuple(replace(who, quiet=quiet) for who, quiet in zip(acceptance.chunks[key], choices, strict=True))

    world.alerts.accept(replace(acceptance, chunks={key: sleepers}))

    assert tuple(world.alerts.recipients(key)) == sleepers


def test_a_refused_element_reads_back_without_content(world: AlertPath) -> None:
    acceptance = an_acceptance(2, 0)
    sms, email = acceptance.alert.items
    alert = replace(acceptance.alert, items=(sms, replace(email, content=None, failure_reason="no such store")))
    world.alerts.accept(replace(acceptance, alert=alert))
    assert world.alerts.get(ACME, alert.ref) == alert


def test_nobody_finds_what_is_not_his(world: AlertPath) -> None:
    acceptance = an_acceptance()
    world.alerts.accept(acceptance)

    assert world.alerts.get(OTHER, acceptance.alert.ref) is None
    assert world.alerts.get(ACME, AlertRef("0192f3f0-0000-7000-8000-000000000000")) is None
    assert not world.alerts.recipients(ChunkKey(OTHER, acceptance.alert.ref, 0, 0))
    assert not world.alerts.recipients(ChunkKey(ACME, acceptance.alert.ref, 0, 1))


def test_the_largest_call_is_one_acceptance(world: AlertPath) -> None:
    acceptance = an_acceptance(*[MAX_RECIPIENTS // 25] * 25, claim=claim(), answer="{}")
    assert world.alerts.accept(acceptance) == Committed()
    by_number = world.work.of_alert(ACME, acceptance.alert.ref)
    assert sum(sum(progress.counts.values()) for progress in by_number.values()) == MAX_RECIPIENTS


def test_accepting_the_same_alert_again_changes_nothing(world: AlertPath) -> None:
    # given an accepted alert whose answer was lost on the way back
    world.set_capacity(Channel.SMS, 10)
    acceptance = an_acceptance(4, consumption={Channel.SMS: 4})
    world.alerts.accept(acceptance)

    assert world.alerts.accept(acceptance) == Committed()

    assert world.capacity(Channel.SMS) == 6


# --- capacity -------------------------------------------------------------------------------------------------


def test_ah_23_a_consumption_leaves_the_other_capacities_alone(world: AlertPath) -> None:
    world.set_capacity(Channel.SMS, 10)
    world.set_capacity(Channel.EMAIL, 10)

    world.alerts.accept(an_acceptance(4, consumption={Channel.SMS: 4, Channel.EMAIL: 0}))

    assert (world.capacity(Channel.SMS), world.capacity(Channel.EMAIL)) == (6, 10)


@pytest.mark.parametrize("missing", [Channel.SMS, Channel.CALL])
def test_ah_24_too_little_capacity_writes_nothing_at_all(world: AlertPath, missing: Channel) -> None:
    # given 3 left of sms, and no row at all for calls
    world.set_capacity(Channel.SMS, 3)
    world.set_capacity(Channel.EMAIL, 10)
    acceptance = an_acceptance(4, consumption={Channel.EMAIL: 4, missing: 4}, claim=claim(), answer="{}")

    assert world.alerts.accept(acceptance) == CapacityShort()

    assert world.alerts.get(ACME, acceptance.alert.ref) is None
    assert not world.alerts.recipients(ChunkKey(ACME, acceptance.alert.ref, 0, 0))
    assert not world.work.of_alert(ACME, acceptance.alert.ref)
    assert world.capacity(Channel.EMAIL) == 10
    assert world.alerts.earlier_answer(ACME, KEY, claim(), NOON) is None


def test_a_capacity_is_never_overdrawn_by_calls_at_once(world: AlertPath) -> None:
    world.set_capacity(Channel.SMS, 7)
    with ThreadPoolExecutor(10) as pool:
        calls = [an_acceptance(1, consumption={Channel.SMS: 1}) for _ in range(10)]
        outcomes = list(pool.map(world.alerts.accept, calls))
    assert outcomes.count(Committed()) == 7
    assert outcomes.count(CapacityShort()) == 3
    assert world.capacity(Channel.SMS) == 0


# --- idempotency ----------------------------------------------------------------------------------------------


def accept_with(world: AlertPath, this: IdempotencyClaim, **with_: object) -> Acceptance:
    acceptance = an_acceptance(claim=this, answer='{"success":true}', **with_)  # type: ignore[arg-type]
    assert world.alerts.accept(acceptance) == Committed()
    return acceptance


def test_a1_the_same_call_again_gets_the_first_answer(world: AlertPath) -> None:
    first = accept_with(world, claim())
    again = an_acceptance(claim=claim(), answer="another", at=NOON + timedelta(hours=1))

    assert world.alerts.accept(again) == Replayed('{"success":true}')

    assert world.alerts.get(ACME, again.alert.ref) is None
    assert world.alerts.get(ACME, first.alert.ref) is not None
    assert world.alerts.earlier_answer(ACME, KEY, claim(), NOON + DAY / 2) == Replayed('{"success":true}')


def test_a1_the_key_of_another_request_is_refused(world: AlertPath) -> None:
    accept_with(world, claim())
    other = claim(fingerprint="f2")

    assert world.alerts.accept(an_acceptance(claim=other, answer="x")) == KeyReused()
    assert world.alerts.earlier_answer(ACME, KEY, other, NOON) == KeyReused()


def test_a1_a_key_belongs_to_its_tenant_api_key_and_route(world: AlertPath) -> None:
    accept_with(world, claim())

    assert world.alerts.earlier_answer(OTHER, KEY, claim(), NOON) is None
    assert world.alerts.earlier_answer(ACME, ApiKeyId("k2"), claim(), NOON) is None
    assert world.alerts.earlier_answer(ACME, KEY, claim(route="storecontent"), NOON) is None
    assert world.alerts.accept(an_acceptance(tenant=OTHER, claim=claim(), answer="x")) == Committed()


def test_a1_a_key_is_free_again_after_24_hours_by_the_clock(world: AlertPath) -> None:
    # given a row that the store has not collected yet
    accept_with(world, claim())
    almost = NOON + DAY - timedelta(milliseconds=1)
    assert world.alerts.earlier_answer(ACME, KEY, claim(), almost) == Replayed('{"success":true}')
    assert world.alerts.earlier_answer(ACME, KEY, claim(), NOON + DAY) is None

    # when another request uses the key
    accept_with(world, claim(fingerprint="f2"), at=NOON + DAY)

    # then the key is that request's
    assert world.alerts.earlier_answer(ACME, KEY, claim(), NOON + DAY) == KeyReused()


def test_a1_a_key_may_be_any_text(world: AlertPath) -> None:
    accept_with(world, claim(key="a" * 255))
    accept_with(world, claim(key="#/\u0000 ключ"))
    assert world.alerts.earlier_answer(ACME, KEY, claim(key="a" * 254), NOON) is None


def test_a1_twenty_calls_at_once_with_one_key_make_one_alert(world: AlertPath) -> None:
    world.set_capacity(Channel.SMS, 100)
    calls = [
        an_acceptance(
            4, claim=claim(), answer=f"answer {n}", consumption={Channel.SMS: 4}, at=NOON + n * timedelta(seconds=1)
        )
        for n in range(20)
    ]

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(world.alerts.accept, calls))

    winners = [n for n, outcome in enumerate(outcomes) if outcome == Committed()]
    assert len(winners) == 1
    assert outcomes.count(Replayed(f"answer {winners[0]}")) == 19
    assert [call.alert.ref for call in calls if world.alerts.get(ACME, call.alert.ref)] == [calls[winners[0]].alert.ref]
    assert world.capacity(Channel.SMS) == 96


# --- the list -------------------------------------------------------------------------------------------------


def accept_some(world: AlertPath, count: int) -> list[Alert]:
    """Accept alerts a minute apart and return them newest first."""
    calls = [an_acceptance(1, 1, at=NOON + n * timedelta(minutes=1)) for n in range(count)]
    for call in calls:
        world.alerts.accept(call)
    return [call.alert for call in reversed(calls)]


def test_the_list_is_newest_first_and_without_contents(world: AlertPath) -> None:
    alerts = accept_some(world, 3)

    page = world.alerts.newest(ACME, sandbox=False, limit=100, after=None, now=NOON)

    assert list(page.alerts) == [without_contents(alert) for alert in alerts]
    assert page.next is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_a6_walking_the_pages_meets_every_alert_once(world: AlertPath, limit: int) -> None:
    alerts = accept_some(world, 4)

    walked: list[Alert] = []
    pages, cursor = 0, None
    while pages == 0 or cursor is not None:
        page = world.alerts.newest(ACME, sandbox=False, limit=limit, after=cursor, now=NOON)
        walked += page.alerts
        cursor, pages = page.next, pages + 1
        # an alert that comes in during the walk disturbs nobody
        world.alerts.accept(an_acceptance(at=NOON + timedelta(hours=pages)))

    assert [alert.ref for alert in walked if alert in map(without_contents, alerts)] == [alert.ref for alert in alerts]
    assert pages == -(-4 // limit)


def test_the_lists_of_live_and_sandbox_and_of_tenants_are_apart(world: AlertPath) -> None:
    world.alerts.accept(an_acceptance(client_ref="live"))
    world.alerts.accept(an_acceptance(client_ref="sandbox", sandbox=True))
    world.alerts.accept(an_acceptance(client_ref="other", tenant=OTHER))

    def listed(*, sandbox: bool) -> list[str]:
        page = world.alerts.newest(ACME, sandbox=sandbox, limit=9, after=None, now=NOON)
        return [alert.client_ref for alert in page.alerts]

    assert listed(sandbox=False) == ["live"]
    assert listed(sandbox=True) == ["sandbox"]


def test_an_alert_of_the_house_is_in_no_list_and_says_what_it_is(world: AlertPath) -> None:
    acceptance = an_acceptance()
    world.alerts.accept(replace(acceptance, alert=replace(acceptance.alert, system=True)))

    found = world.alerts.get(ACME, acceptance.alert.ref)

    assert found is not None
    assert found.system
    assert list(world.alerts.newest(ACME, sandbox=False, limit=9, after=None, now=NOON).alerts) == []


@pytest.mark.parametrize("kind", [CauseKind.RULE, CauseKind.RULE_TEST])
def test_an_alert_of_the_inside_is_in_no_list_and_keeps_its_cause(world: AlertPath, kind: CauseKind) -> None:
    acceptance = an_acceptance(1)
    cause = Cause(kind, "r1", "run1", NOON)
    inside = replace(acceptance.alert, key_id=INSIDE, cause=cause, title="Missed calls")
    world.alerts.accept(replace(acceptance, alert=inside))

    assert world.alerts.get(ACME, inside.ref) == inside
    assert list(world.alerts.newest(ACME, sandbox=False, limit=10, after=None, now=NOON).alerts) == []


def test_an_alert_without_accepted_receivers_is_kept_with_the_reasons(world: AlertPath) -> None:
    acceptance = an_acceptance(1)
    item = replace(acceptance.alert.items[0], content=None, accepted=0, failure_reason="none")
    alert = replace(acceptance.alert, key_id=INSIDE, items=(item,))
    why = Exclusion(None, number(1), ExclusionReason.FOREIGN_SENDER, "sender_not_allowed")
    assert world.alerts.accept(Acceptance(alert, {}, excluded={0: [why]})) == Committed()
    assert world.alerts.get(ACME, alert.ref) == alert
    assert world.alerts.excluded(ACME, alert.ref) == {0: [why]}
    assert list(alert.batches()) == []


def test_an_expired_alert_is_not_listed_and_takes_no_place(world: AlertPath) -> None:
    soon = NOON + timedelta(minutes=30)
    for n in range(6):
        ends = soon if n % 2 else None
        world.alerts.accept(an_acceptance(at=NOON + n * timedelta(seconds=1), client_ref=str(n), expires_at=ends))

    page = world.alerts.newest(ACME, sandbox=False, limit=3, after=None, now=soon)

    assert [alert.client_ref for alert in page.alerts] == ["4", "2", "0"]
    assert page.next is None


def test_a6_a_cursor_serves_its_own_list_only(world: AlertPath) -> None:
    accept_some(world, 3)
    cursor = world.alerts.newest(ACME, sandbox=False, limit=1, after=None, now=NOON).next
    assert cursor is not None

    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    middle = cursor[:30] + ("A" if cursor[30:31] != "A" else "B") + cursor[31:]
    tries = [(OTHER, False, cursor), (ACME, True, cursor)]
    tries += [(ACME, False, bad) for bad in (flipped, middle, "", "x", "ключ", cursor + "=", cursor + "A", cursor[:-2])]
    for tenant, sandbox, bad in tries:
        with pytest.raises(InvalidRequest) as refused:
            world.alerts.newest(tenant, sandbox=sandbox, limit=1, after=bad, now=NOON)
        assert [fault.pointer for fault in refused.value.faults] == ["/cursor"]


# --- filters --------------------------------------------------------------------------------------------------


def found(world: AlertPath, limit: int = 9, **wanted: Any) -> list[list[str]]:
    """Walk the list with a filter and return the client references of each page."""
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor is not None:
        page = world.alerts.newest(
            ACME, sandbox=False, limit=limit, after=cursor, now=NOON, wanted=AlertFilter(**wanted)
        )
        pages.append([alert.client_ref for alert in page.alerts])
        cursor = page.next
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_a_client_reference_or_a_key_picks_alerts_out_of_others(world: AlertPath, limit: int) -> None:
    for n in range(8):
        ref, key = ("a" if n % 3 == 0 else f"b{n}"), (KEY if n < 6 else ApiKeyId("k2"))
        call = an_acceptance(at=NOON + n * MINUTE, client_ref=ref)
        world.alerts.accept(replace(call, alert=replace(call.alert, key_id=key)))

    walks = {"client_ref": found(world, limit, client_ref="a"), "both": found(world, limit, client_ref="a", key_id=KEY)}
    assert {name: list(chain(*pages)) for name, pages in walks.items()} == {"client_ref": ["a"] * 3, "both": ["a"] * 2}
    assert len(walks["client_ref"]) == -(-3 // limit)
    assert list(chain(*found(world, limit, key_id=ApiKeyId("k2")))) == ["b7", "a"]
    assert found(world, limit, client_ref="c") == found(world, limit, key_id=ApiKeyId("nonesuch")) == [[]]


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_a_period_includes_its_begin_and_not_its_end(world: AlertPath, limit: int) -> None:
    for n in range(6):
        world.alerts.accept(an_acceptance(at=NOON + n * MINUTE, client_ref=str(n)))

    def walked(**wanted: datetime) -> list[str]:
        return list(chain(*found(world, limit, **wanted)))

    def between(since: int | None, until: int | None) -> list[str]:
        at = {"since": since, "until": until}
        return walked(**{k: NOON + v * MINUTE for k, v in at.items() if v is not None})

    assert between(2, 4) == ["3", "2"]
    assert between(4, None) == ["5", "4"]
    assert between(None, 2) == ["1", "0"]
    assert between(4, 2) == between(9, None) == between(None, -1) == between(-9999999, -999999) == []
    assert walked(since=datetime.min.replace(tzinfo=UTC)) == list("543210")
    just_after = NOON + 2 * MINUTE + timedelta(microseconds=1)
    assert walked(since=just_after, until=NOON + 4 * MINUTE) == ["3"]
    assert walked(since=NOON + MINUTE, until=just_after) == ["2", "1"]


def test_an_alert_that_was_accepted_later_than_it_was_due_is_found_by_its_acceptance(world: AlertPath) -> None:
    # given a run of a schedule that was due at noon and accepted a quarter of an hour later, as after an outage
    due = an_acceptance(at=NOON, client_ref="run")
    accepted_at = NOON + MISFIRE_GRACE
    world.alerts.accept(replace(due, alert=replace(due.alert, accepted_at=accepted_at)))

    assert found(world, since=accepted_at) == [["run"]]
    assert found(world, until=accepted_at) == [[]]


def test_a_page_looks_at_a_thousand_alerts_and_says_that_more_follow(world: AlertPath) -> None:
    # given more than a thousand expired alerts, which DynamoDB has not removed yet
    world.alerts.accept(an_acceptance(at=NOON - DAY, client_ref="sought"))
    ended = [an_acceptance(at=NOON - (n + 1) * MINUTE, expires_at=NOON).alert for n in range(ALERTS_SEEN + 1)]
    if world.dynamodb is None:
        for alert in ended:
            world.alerts.accept(Acceptance(alert=alert, chunks={}))
    else:
        listed = {"gsi1pk": {"S": alert_list_pk(ACME, sandbox=False)}, **expiry(NOON)}
        rows = [{**row_key(alert_pk(ACME, alert.ref), META), **listed, "gsi1sk": {"S": alert.ref}} for alert in ended]
        for first in range(0, len(rows), STATEMENTS):
            world.table.put_all(rows[first : first + STATEMENTS], "alerts")

    assert found(world) == found(world, client_ref="sought") == [[], ["sought"]]


def test_a6_a_cursor_serves_its_own_filter_only(world: AlertPath) -> None:
    accept_some(world, 3)
    ours, theirs = AlertFilter(since=NOON), AlertFilter(since=NOON - MINUTE)
    cursor = world.alerts.newest(ACME, sandbox=False, limit=1, after=None, now=NOON, wanted=ours).next
    assert cursor is not None
    for wanted in (theirs, AlertFilter()):
        with pytest.raises(InvalidRequest):
            world.alerts.newest(ACME, sandbox=False, limit=1, after=cursor, now=NOON, wanted=wanted)


def test_a_filter_finds_nothing_of_other_tenants(world: AlertPath) -> None:
    world.alerts.accept(an_acceptance(client_ref="a", tenant=OTHER))
    assert found(world, client_ref="a") == found(world, key_id=KEY) == [[]]


# --- cancelling -----------------------------------------------------------------------------------------------


def test_an_alert_is_cancelled_once_and_says_so_everywhere(world: AlertPath) -> None:
    acceptance = an_acceptance(2)
    world.alerts.accept(acceptance)
    ref, later = acceptance.alert.ref, NOON + timedelta(seconds=5, microseconds=1500)

    assert world.alerts.cancel(ACME, ref, later) == NOON + timedelta(seconds=5, milliseconds=1)
    assert world.alerts.cancel(ACME, ref, later + timedelta(hours=1)) == NOON + timedelta(seconds=5, milliseconds=1)

    found = world.alerts.get(ACME, ref)
    assert found == replace(acceptance.alert, cancelled_at=NOON + timedelta(seconds=5, milliseconds=1))
    (listed,) = world.alerts.newest(ACME, sandbox=False, limit=5, after=None, now=NOON).alerts
    assert listed.cancelled_at == found.cancelled_at


def test_what_does_not_exist_cannot_be_cancelled(world: AlertPath) -> None:
    acceptance = an_acceptance(2)
    world.alerts.accept(acceptance)
    unknown = AlertRef("0192f3f0-0000-7000-8000-00000000dead")

    assert world.alerts.cancel(ACME, unknown, NOON) is None
    assert world.alerts.cancel(OTHER, acceptance.alert.ref, NOON) is None

    assert world.alerts.get(ACME, unknown) is None
    assert world.alerts.get(OTHER, acceptance.alert.ref) is None
