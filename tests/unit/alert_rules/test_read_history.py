"""The history of a rule: a row for each message and webhook, with what became of it, and filters that all hold."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.callbacks import FakeWebhookDeliveries
from tests.fakes.time import NOON
from tests.unit.alert_rules.rules_world import ACME, OTHER, RulesWorld
from tocsin.alert_rules.application.history_rows import HistoryChannel, HistoryRow, HistoryStatus
from tocsin.alert_rules.application.read_history import HistoryFilter, ReadHistory
from tocsin.alert_rules.domain.rule import KEPT_FOR
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import EXCLUDED, MessageOutcome
from tocsin.delivery.domain.message import MessageState
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid
from tocsin.webhooks.domain.callback import RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.domain.rule_delivery import rule_delivery

MINUTE = timedelta(minutes=1)
SIP: dict[str, Any] = {"type": "sip", "triggers": [{"filters": {"lines": ["l1"], "events": ["unregistered"]}}]}


class History(RulesWorld):
    """A world of rules whose runs have messages; `messages` says what became of those of each alert."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[AlertRef, Sequence[MessageOutcome]] = {}
        self.deliveries = FakeWebhookDeliveries()
        self.history = ReadHistory(
            read=self.read,
            rules=self.rules,
            runs=self.runs,
            account=self.account,
            outcomes=self.outcomes,
            deliveries=self.deliveries,
            clock=self.clock,
            sms_provider="eum",
        )

    def outcomes(self, tenant: TenantId, refs: Sequence[AlertRef]) -> Mapping[AlertRef, Sequence[MessageOutcome]]:
        assert tenant == ACME
        return {ref: self.messages[ref] for ref in refs if ref in self.messages}

    def ran(self, rule: str, n: int = 0, state: RuleRunState = RuleRunState.SENT, **more: Any) -> RuleRun:
        """Add a run of an event that was received n minutes after NOON."""
        at = NOON + n * MINUTE
        run = RuleRun(
            tenant=ACME, rule=rule, id=time_ordered_uuid(at, n.to_bytes(10, "big")), at=at, state=state,
            event=f"{n:032x}", rule_version=1, trigger_ids=("t1",), entities=("Support",),
        )  # fmt: skip
        run = replace(run, **more)
        self.runs.add(run)
        return run

    def wrote(self, run: RuleRun, *outcomes: MessageOutcome, hooks: Sequence[Delivery] = ()) -> None:
        """Give a run messages and webhooks."""
        ref = AlertRef(f"a-{run.id}")
        ids = []
        for hook in hooks:
            self.deliveries.rows[hook.key] = hook
            ids.append(hook.key.event_id)
        self.messages[ref] = outcomes
        place = (run.tenant, run.rule, run.id)
        self.runs.runs[place] = replace(run, alert=ref if outcomes else None, deliveries=tuple(ids))

    def rows(self, rule: str, limit: int = 100, as_role: str = "user", **filter: Any) -> list[HistoryRow]:
        """Return all rows of a history, page by page."""
        found: list[HistoryRow] = []
        cursor = None
        while True:
            page = self.history.page(self.caller(as_role), rule, HistoryFilter(**filter), limit, cursor)
            found += page.rows
            cursor = page.next
            if cursor is None:
                return found


def mail(address: str = "ana@example.com", state: str = "sent", **more: Any) -> MessageOutcome:
    given: dict[str, Any] = {"tag": "n1", "channel": Channel.EMAIL, "accepted_at": NOON, "updated_at": NOON + MINUTE}
    return MessageOutcome(address=address, state=state, **given | more)


def text(address: str, state: str = "sent", **more: Any) -> MessageOutcome:
    return mail(address, state, **{"tag": "n2", "channel": Channel.SMS} | more)


def hook(run: RuleRun, state: DeliveryState = DeliveryState.SUCCEEDED, **attempt: Any) -> Delivery:
    made = rule_delivery(
        ACME, RuleOrigin(run.rule, "n3"), run.id, endpoint_url="https://u:p@hooks.example.com/in?key=canary",
        url="https://u:p@hooks.example.com/in?key=canary", body='{"a":1}', now=NOON, method=WebhookMethod.PUT,
        headers=(("Authorization", "Bearer canary"),),
    )  # fmt: skip
    attempts = (Attempt(1, NOON, **attempt),) if attempt else ()
    return replace(made, state=state, attempts=attempts, due_at=None)


def test_al_18_and_33_each_message_and_webhook_has_a_row_newest_first() -> None:
    world = History()
    rule = world.create()
    for n in range(3):
        run = world.ran(rule, n)
        world.wrote(run, mail(), *(text(f"+44770090012{k}") for k in range(3)), hooks=[hook(run)])

    found = world.rows(rule, limit=1)

    assert [row.run.at for row in found] == [NOON + n * MINUTE for n in (2, 1, 0) for _ in range(5)]
    assert [row.channel for row in found[:5]] == [
        HistoryChannel.EMAIL, *[HistoryChannel.SMS] * 3, HistoryChannel.WEBHOOK,
    ]  # fmt: skip
    assert len({row.id for row in found}) == 15
    for row in found:
        assert world.history.one(world.caller("user"), rule, row.id) == row


@pytest.mark.parametrize("state", [*MessageState, EXCLUDED])
def test_al_36_only_a_failed_row_has_a_reason(state: str) -> None:
    world = History()
    rule = world.create()
    world.wrote(world.ran(rule), mail(state=str(state), reason="hard_bounce"))

    (row,) = world.rows(rule)

    pending = {"queued", "sending", "calling", "held", "retry_wait", "unknown"}
    expected = HistoryStatus.FAILED
    if state in ("sent", "delivered"):
        expected = HistoryStatus.SUCCESS
    elif state in pending:
        expected = HistoryStatus.PENDING
    assert row.status is expected
    assert (row.reason is not None) == (expected is HistoryStatus.FAILED)
    assert row.reason is None or (row.reason.code, row.reason.message) == (
        "hard_bounce", "an earlier mail found that the mailbox does not exist",
    )  # fmt: skip


def test_a_failure_without_a_reason_of_its_own_is_named_by_its_state() -> None:
    world = History()
    rule = world.create()
    world.wrote(world.ran(rule), mail(state="expired"))
    (row,) = world.rows(rule)
    assert row.reason is not None
    assert row.reason.code == "expired"


def test_al_36_every_row_says_which_call_sent_it_and_hides_secrets() -> None:
    world = History()
    rule = world.create()
    run = world.ran(rule)
    sent = text("+447700900120", provider_id="m-1"), text("+447700900121", provider_id="sandbox-1")
    world.wrote(run, mail(provider_id="0102"), *sent, hooks=[hook(run, status=204)])

    found = world.rows(rule)

    actions = [row.action for row in found if row.action]
    assert [(each.service, each.operation) for each in actions] == [
        ("ses", "SendEmail"), ("sms-voice", "SendTextMessage"), ("sandbox", "none"), ("https", "PUT"),
    ]  # fmt: skip
    assert [each.http_status for each in actions] == [None, None, None, 204]
    assert actions[0].response == {"message_id": "0102"}
    assert actions[3].request["headers"] == {"Authorization": "•••"}
    assert found[3].recipient == "https://hooks.example.com/in"
    assert "canary" not in str([(row.recipient, row.action) for row in found])


@pytest.mark.parametrize(
    ("state", "status", "attempt", "detail"),
    [
        (DeliveryState.PENDING, HistoryStatus.PENDING, {}, None),
        (DeliveryState.RETRY_WAIT, HistoryStatus.PENDING, {"status": 500}, None),
        (DeliveryState.SUCCEEDED, HistoryStatus.SUCCESS, {"status": 200}, None),
        (DeliveryState.EXHAUSTED, HistoryStatus.FAILED, {"status": 500}, "HTTP 500"),
        (DeliveryState.DROPPED, HistoryStatus.FAILED, {"reason": "url_too_long"}, "url_too_long"),
        (DeliveryState.PAUSED, HistoryStatus.FAILED, {}, None),
    ],
)
def test_a_webhook_says_how_far_it_is(
    state: DeliveryState, status: HistoryStatus, attempt: dict[str, Any], detail: str | None
) -> None:
    world = History()
    rule = world.create()
    run = world.ran(rule)
    world.wrote(run, hooks=[hook(run, state, **attempt)])
    (row,) = world.rows(rule)
    assert row.status is status
    assert row.reason is None if status is not HistoryStatus.FAILED else row.reason and row.reason.detail == detail


def test_decided_3_8_a_held_line_is_pending_and_what_was_throttled_is_not_there() -> None:
    world = History()
    rule = world.create(**SIP, options={"hold": {"for": "2m"}})
    world.ran(rule, 0, RuleRunState.HELD)
    world.ran(rule, 1, RuleRunState.THROTTLED)
    world.ran(rule, 2, RuleRunState.COLLECTED)
    (row,) = world.rows(rule)
    assert (row.status, row.waits_until, row.action) == (HistoryStatus.PENDING, NOON + 2 * MINUTE, None)


def test_al_35_filters_that_do_not_fit_the_rule_are_refused() -> None:
    world = History()
    calls, lines = world.create(), world.create(**SIP)
    wrong: list[tuple[str, dict[str, Any]]] = [(calls, {"line": "l1"}), (lines, {"entity": "Support"})]
    for rule, filter in wrong:
        with pytest.raises(InvalidRequest):
            world.rows(rule, **filter)
    world.wrote(world.ran(lines, 1, line="l1"), mail())
    assert len(world.rows(lines, line="2001")) == 1
    assert world.rows(lines, line="2002") == []


def test_al_33_to_35_filters_are_a_plain_look_at_all_rows() -> None:
    dice, world = random.Random(7), History()
    rule = world.create()
    addresses = ["ana@example.com", "Bo@example.com"]
    for n in range(40):
        run = world.ran(rule, n, entities=(dice.choice(["Support", "Sales"]),))
        outcomes = [mail(dice.choice(addresses), dice.choice(["sent", "failed", "queued"]))]
        outcomes += [text(dice.choice(["+447700900120", "+447700900121"]))] * dice.randint(0, 1)
        hooks = [hook(run, dice.choice(list(DeliveryState)))] * dice.randint(0, 1)
        world.wrote(run, *outcomes, hooks=hooks)
    everything = world.rows(rule)
    seen = 0
    for _ in range(40):
        filter: dict[str, Any] = {
            "since": dice.choice([None, NOON + 5 * MINUTE]),
            "until": dice.choice([None, NOON + 33 * MINUTE]),
            "channel": dice.choice([None, *HistoryChannel]),
            "status": dice.choice([None, *HistoryStatus]),
            "recipient": dice.choice([None, None, "BO@example.com", "+44 7700 900120", "https://hooks.example.com/in"]),
            "entity": dice.choice([None, "Support"]),
        }
        spelled = {"BO@example.com": "Bo@example.com", "+44 7700 900120": "+447700900120"}
        recipient = spelled.get(filter["recipient"], filter["recipient"])
        expected = [
            row.id
            for row in everything
            if (filter["since"] is None or row.run.at >= filter["since"])
            and (filter["until"] is None or row.run.at < filter["until"])
            and filter["channel"] in (None, row.channel)
            and filter["status"] in (None, row.status)
            and recipient in (None, row.recipient)
            and (filter["entity"] is None or filter["entity"] in row.run.entities)
        ]
        assert [row.id for row in world.rows(rule, dice.choice([3, 100]), **filter)] == expected
        seen += len(expected)
    assert seen > 40


def test_a_test_is_followed_by_its_id() -> None:
    world = History()
    rule = world.create()
    test, event = world.ran(rule, 0, test=True), world.ran(rule, 1)
    for run in (test, event):
        world.wrote(run, mail())
    (row,) = world.rows(rule, test=test.id)
    assert row.run.test
    assert world.rows(rule, test=event.id) == []


def test_al_37_and_41_history_is_of_those_who_see_the_rule_also_when_it_is_deleted() -> None:
    world = History()
    rule = world.create("user")
    world.wrote(world.ran(rule), mail())
    world.manage.delete(world.caller("user"), rule)
    for role in ("user", "account_owner", "all.view"):
        assert len(world.rows(rule, as_role=role)) == 1
    (row,) = world.rows(rule)
    for role in ("queue_manager", "nothing more"):
        with pytest.raises(Forbidden):
            world.rows(rule, as_role=role)
        with pytest.raises(Forbidden):
            world.history.one(world.caller(role), rule, row.id)
    foreign = replace(world.caller("account_owner"), tenant=OTHER)
    with pytest.raises(NotFound):
        world.history.page(foreign, rule, HistoryFilter(), 10)
    with pytest.raises(NotFound):
        world.history.one(world.caller("user"), rule, "none")
    world.clock.advance(KEPT_FOR + MINUTE)
    with pytest.raises(NotFound):
        world.rows(rule)


class CountedDeliveries(FakeWebhookDeliveries):
    """Counts reads of several deliveries, and has no others."""

    reads = 0

    def get(self, key: DeliveryKey) -> Delivery | None:
        raise AssertionError("a delivery was read by itself")

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Delivery]:
        self.reads += 1
        return super().get_many(keys)


def test_al_33_the_webhooks_of_a_page_are_read_together() -> None:
    world = History()
    deliveries = CountedDeliveries()
    world.deliveries, world.history = deliveries, replace(world.history, deliveries=deliveries)
    rule = world.create()
    for n in range(3):
        run = world.ran(rule, n)
        world.wrote(run, hooks=[hook(run)])
    gone = world.ran(rule, 3)
    world.wrote(gone, hooks=[hook(gone)])
    del deliveries.rows[hook(gone).key]

    rows = world.rows(rule)

    assert [row.created_at for row in rows] == [NOON] * 3, "the delivery of the newest run is gone"
    assert deliveries.reads == 1
