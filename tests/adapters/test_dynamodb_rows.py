"""What stands in a row comes out as it went in, and takes no more room than it may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.alert_path import ACME, NOON, OTHER, an_acceptance, events
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.alerts.acceptance import transaction_of
from tocsin.adapters.dynamodb.alerts.alert_row import (
    clear_attributes,
    contents,
    from_recipients,
    head,
    to_alert,
    to_recipients,
)
from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.delivery import message_row
from tocsin.adapters.dynamodb.delivery.dispatch_progress import work_key, work_key_of
from tocsin.adapters.dynamodb.delivery.message_row import ATTRIBUTES, from_row, log_steps, log_text, to_values
from tocsin.adapters.dynamodb.delivery.progress_text import from_text, to_text
from tocsin.adapters.dynamodb.results.event_row import from_list, to_list
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.bucket import Bucket, Contents
from tocsin.adapters.dynamodb.table.rows import key, milliseconds
from tocsin.alerts.domain.alert import MAX_ITEMS, MAX_RECIPIENTS
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.progress import WORK_SPAN, BatchProgress, WorkKey
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import AlertRef

texts = st.text(max_size=40)
reasons = st.none() | st.from_regex(r"[a-z_]{1,30}", fullmatch=True) | texts
times = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
facts = st.none() | st.from_regex(r"([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*)?", fullmatch=True)
steps = st.builds(Step, times, st.sampled_from(MessageState), reasons, facts)
messages = st.builds(
    Message,
    position=st.integers(0, 249),
    state=st.sampled_from(MessageState),
    version=st.integers(1, 99),
    attempt=st.integers(0, 20),
    log=st.lists(steps, max_size=12).map(tuple),
    due_at=st.none() | times,
    provider_id=st.none() | texts,
    reason=reasons,
    possible_duplicate=st.booleans(),
)
batch_progress = st.builds(
    BatchProgress,
    st.lists(st.integers(0, 3) | st.integers(0, 99), max_size=25).map(tuple),
    st.dictionaries(st.sampled_from(MessageState), st.integers(1, 25)),
)


def row(message: Message) -> dict[str, Any]:
    values = zip(ATTRIBUTES, to_values(message, "mark1234"), strict=True)
    return {**key("T#acme#A#x#M#00#000", f"{message.position:03}"), **dict(values)}


def size(item: dict[str, Any]) -> int:
    """Return the bytes DynamoDB counts for a row: names and values; numbers take about half their digits."""
    total = 0
    for name, typed in item.items():
        ((kind, value),) = typed.items()
        match kind:
            case "S":
                total += len(value.encode("utf-8", "surrogatepass"))
            case "B":
                total += len(value)
            case "N":
                total += len(value) // 2 + 2
            case _:
                total += 1
        total += len(name)
    return total


@given(messages)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    assert from_row(row(message)) == message


@given(messages)
def test_a_message_inside_its_alert_comes_out_as_it_went_in(message: Message) -> None:
    text = message_row.to_text(message, "mark1234")
    assert message_row.from_text(message.position, text) == message
    assert message_row.version_of(text) == message.version
    assert text.startswith(f"[{message.version},")  # the condition of the next write


@given(st.lists(steps, max_size=30).map(tuple))
def test_a_log_comes_out_as_it_went_in(log: tuple[Step, ...]) -> None:
    assert log_steps(log_text(log)) == log


def test_a_log_of_a_call_reads_as_it_always_did() -> None:
    log = (
        Step(NOON, MessageState.SENDING),
        Step(NOON + timedelta(seconds=1), MessageState.CALLING),
        Step(NOON + timedelta(seconds=9), MessageState.CALLING, None, "a"),
        Step(NOON + timedelta(seconds=43), MessageState.RETRY_WAIT, "no_key", "ehung_up.h3.a.t34000"),
        Step(NOON + timedelta(seconds=44), MessageState.FAILED, "~;~", ""),
    )
    text = f"{milliseconds(NOON)}n;1000l;8000l~a;34000r:no_key~ehung_up.h3.a.t34000;1000f:%7E%3B%7E~"
    assert (log_text(log), log_steps(text)) == (text, log)


@pytest.mark.parametrize("text", ["n", "1n;", "1n~a b", "1n~a~b", "1nn", "x1n", "1n:a;b"])
def test_what_is_no_log_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        log_steps(text)


def test_a_message_with_ten_steps_stays_under_one_write_unit() -> None:
    # the longest honest history: five tries, the last one delivered
    states = [MessageState.SENDING, MessageState.RETRY_WAIT] * 4 + [MessageState.SENT, MessageState.DELIVERED]
    log = tuple(
        Step(NOON + n * timedelta(minutes=15), state, "carrier_temporarily_unavailable")
        for n, state in enumerate(states)
    )
    message = Message(249, MessageState.DELIVERED, 10, 20, log, NOON, "p" * 100, "carrier_temporarily_unavailable")
    pk = {"pk": {"S": f"T#{'t' * 20}#A#0192f3f0-0000-7000-8000-000000000000#M#24#039"}}
    assert size({**row(message), **pk}) < 1024


@given(batch_progress)
def test_a_count_comes_out_as_it_went_in(progress: BatchProgress) -> None:
    assert from_text(to_text(progress)) == progress


@given(batch_progress, st.randoms())
def test_equal_counts_have_equal_texts(progress: BatchProgress, random: Any) -> None:
    counts = list(progress.counts.items())
    random.shuffle(counts)
    assert to_text(BatchProgress(progress.versions, dict(counts))) == to_text(progress)


def test_a_work_row_at_its_fullest_stays_under_two_write_units() -> None:
    # versions all different, so that nothing folds, and every state in every slice
    fullest = BatchProgress(tuple(range(10, 35)), dict.fromkeys(MessageState, 2))
    item = {f"t{number}": {"S": to_text(fullest)} for number in range(400, 400 + WORK_SPAN)}
    assert size(item) < 2 * 1024 + 512
    usual = BatchProgress((3,) * 20 + (5,) * 5, {MessageState.DELIVERED: 20, MessageState.FAILED: 5})
    assert size({f"t{n}": {"S": to_text(usual)} for n in range(WORK_SPAN)}) < 1024


@given(st.integers(0, 999))
def test_a_work_row_says_whose_it_is(number: int) -> None:
    work = WorkKey(ACME, AlertRef("0192f3f0-0000-7000-8000-000000000000"), number)
    assert work_key_of(work_key(work)) == work


@given(st.lists(st.builds(Recipient, texts, st.none() | texts, st.dictionaries(texts, texts, max_size=3))))
def test_recipients_come_out_as_they_went_in(recipients: list[Recipient]) -> None:
    assert to_recipients(from_recipients(recipients)) == recipients


def test_an_alert_comes_out_as_it_went_in_even_when_cancelled() -> None:
    alert = replace(an_acceptance(3, 2).alert, cancelled_at=NOON + timedelta(hours=1))
    item = key(alert_pk(alert.tenant, alert.ref), "META") | clear_attributes(alert)
    assert to_alert(ACME, item, head(alert, "AAAA"), contents(alert)) == alert


def test_an_event_comes_out_as_it_went_in() -> None:
    alert = an_acceptance().alert
    for event in events(alert, "a", "b", "c", "d"):
        assert from_list(alert.ref, to_list(event)) == event


@given(texts.filter(bool))
def test_a6_a_cursor_leads_back_to_its_place(place: str) -> None:
    sealer = FakeSealer()
    cursor = cursors.issue(sealer, ACME, "alerts", place)
    assert cursors.read(sealer, ACME, "alerts", cursor) == place
    for tenant, query in ((OTHER, "alerts"), (ACME, "alerts2")):
        with pytest.raises(InvalidRequest):
            cursors.read(sealer, tenant, query, cursor)


@given(st.data())
def test_a6_a_cursor_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    sealer = FakeSealer()
    cursor = cursors.issue(sealer, ACME, "alerts", "0192f3f0-0000-7000-8000-000000000000")
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters().filter(lambda c: c != cursor[at]))
    with pytest.raises(InvalidRequest):
        cursors.read(sealer, ACME, "alerts", cursor[:at] + other + cursor[at + 1 :])


class NoObjects:
    """An object store that must not be needed."""

    def put_object(self, **_: Any) -> None:
        raise AssertionError("this fits the rows")

    get_object = delete_object = put_object


@pytest.mark.parametrize(
    "sizes",
    [
        [MAX_RECIPIENTS],
        [MAX_RECIPIENTS // MAX_ITEMS] * MAX_ITEMS,
        # every item but one ends with a chunk that is almost empty: as many chunks as there can be
        [251] * (MAX_ITEMS - 1) + [MAX_RECIPIENTS - 251 * (MAX_ITEMS - 1)],
        [1] * (MAX_ITEMS - 1) + [MAX_RECIPIENTS - (MAX_ITEMS - 1)],
    ],
)
def test_a_call_of_10000_recipients_fits_one_transaction(sizes: list[int]) -> None:
    # given every kind of row an acceptance can have
    acceptance = an_acceptance(
        *sizes,
        consumption=dict.fromkeys(Channel, 1),
        claim=IdempotencyClaim("sendalert", "k", "f"),
        answer="{}" * 10_000,
    )
    sealer = FakeSealer()

    transaction = transaction_of(acceptance, sealer, Contents(sealer, Bucket(NoObjects(), "bucket")))

    assert sum(sizes) == MAX_RECIPIENTS
    assert len(transaction.actions) <= 100
    assert sum(size(action["Put"]["Item"]) for action in transaction.actions if "Put" in action) < 4_000_000
