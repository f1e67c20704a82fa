"""A world in which somebody is told next if too few answer: the whole of it, with timers that fire one to three times.

world = EscalationWorld()
first = world.escalate(an_sms(ANA), steps=[(5 * MINUTE, an_sms(BOB))])
world.fast_forward(6 * MINUTE)
assert world.heard == {ANA: ["0:00 trunk 7 is down"], BOB: ["5:00 nobody answered"]}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from tests.builders import KEY, TENANT
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.escalations import FakeEscalations
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.responses import FakeResponses
from tests.fakes.sealer import FakeSealer
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimers
from tests.scenarios.world import LAMBDA_TIMEOUT, MAX_RECEIVES, OURS, VISIBILITY, Crash, World
from tests.unit.alerts.desk import a_key
from tocsin.alerts.application.element_filter import ElementFilter
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.cause import CauseKind
from tocsin.client_api.application.acknowledge_alert import AcknowledgeAlert, Mark
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelItemResult, CancelKind
from tocsin.client_api.application.escalate_alert import EscalateAlert
from tocsin.client_api.application.stop_alert import StopAlert
from tocsin.delivery.application.guards import Guard
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.alert_body.alert import StoredAlert, read_for_run
from tocsin.entrypoint.http.wire import read
from tocsin.escalation.application.advance import AdvanceEscalation
from tocsin.escalation.application.answers import AnswersEndEscalations, WakeEscalation
from tocsin.escalation.application.cancel import CancelEscalations
from tocsin.escalation.application.end import EndEscalation
from tocsin.escalation.application.prepare import begun
from tocsin.escalation.application.request_step import RequestStep
from tocsin.escalation.application.stop import StopEscalated
from tocsin.escalation.domain.escalation import Escalation, EscalationState, RequestedStep, escalation_of
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.linked_alerts.application.join import JoinLinkSet
from tocsin.privacy.application.drop_erased import DropErased
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.application.two_way_senders import CheckSender
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import Delayed, Timer, TimerKind, decode, encode, next_wake_up

MINUTE = timedelta(minutes=1)

Wire = dict[str, Any]


def text(*to: str, says: str = "trunk 7 is down", **receivers: Any) -> Wire:
    """Return an sms element in wire form, from a number that people can answer to."""
    who = {"recipients": list(to)} if to else {}
    return {"alertType": "sms", "tag": "t", "sender": OURS, "content": says, **who, **receivers}


def mail(*to: str, says: str = "trunk 7 is down", **receivers: Any) -> Wire:
    """Return an email element in wire form."""
    who = {"recipients": list(to)} if to else {}
    return {"alertType": "email", "tag": "m", "subject": "Trunk 7", "content": says, **who, **receivers}


def step(after: str, *elements: Wire) -> Wire:
    """Return a step in wire form."""
    return {"after": after, "alert": list(elements)}


class _TimerQueue:
    """The timer queue of a world."""

    def __init__(self, world: EscalationWorld) -> None:
        self._world = world

    def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
        for timer in timers:
            wait = next_wake_up(timer, now)
            self._world.order(timer, wait.delay if isinstance(wait, Delayed) else timedelta(0))


class _WakeUpScheduler:
    """The wake-up scheduler of a world; it enqueues anywhere in its minute."""

    def __init__(self, world: EscalationWorld) -> None:
        self._world = world
        self.set_for: set[Timer] = set()

    def set(self, timer: Timer) -> None:
        wait = next_wake_up(timer, self._world.clock())
        if timer not in self.set_for and not isinstance(wait, Delayed):
            self.set_for.add(timer)
            self._world.order(timer, max(timedelta(0), wait.at - self._world.clock()), lag=59)


class EscalationWorld(World):
    """See the module.

    Args:
        fires: how often, at least and at most, an order of a timer is delivered.
        owner: who is mailed about the key.
    """

    def __init__(
        self,
        seed: int = 1,
        wrap: Callable[[str, Any], Any] = lambda name, port: port,
        *,
        fires: tuple[int, int] = (1, 3),
        owner: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, wrap, **options)
        self.fires = fires
        self.keys = FakeApiKeyRepository()
        self.key = a_key(KEY, owner_email=owner)
        self.keys.add(self.key, {})
        self.stores = FakeStoredContentRepository()
        self.messages = FakeAccountNotices()
        self.filters: list[ElementFilter] = [
            DropErased(self.erasures, FakeSealer()),
            CheckSender(self.numbers, self.clock),
        ]
        self.timers = FakeTimers()
        self.escalations = FakeEscalations(self.timers, self.clock)
        self.responses = FakeResponses(self.link_sets, self.escalations)
        self.escalations.written_participants(self.alerts)
        self.dead_timers: list[Timer] = []
        self.timer_queue, self.scheduler = _TimerQueue(self), _WakeUpScheduler(self)

    # --- what a story says ------------------------------------------------------------------------------------

    def escalate(
        self, *elements: Wire, steps: Sequence[Wire], group: Wire | None = None, link: str | None = None, **block: Any
    ) -> Alert:
        """Send a call with an escalation, as `/sendalert` does; its client repeats it until it has an answer."""
        body: Wire = {"clientRef": "ref-1", "alert": list(elements), "escalation": {"steps": list(steps), **block}}
        if group is not None:
            body["contactGroup"] = {"inlineContactGroup": group}
        if link is not None:
            body["linkedAlerts"] = {"linkRef": link}
        request = read(StoredAlert, body).request("ref-1")
        claim = IdempotencyClaim("sendalert", "once", "f1")
        while True:
            try:
                result = self._send_alert()(self.key, request, claim)
            except (Crash, StorageUnavailable):
                continue
            assert result.alert_ref is not None, result.failure_reason
            return self.alerts.alerts[TENANT, AlertRef(result.alert_ref)]

    def standing(self, first: Alert) -> Escalation:
        """Return the escalation as it stands."""
        key = escalation_of(first)
        assert key is not None
        return self.escalations.rows[key]

    @property
    def heard(self) -> dict[str, list[str]]:
        """Everything that arrived on every phone and in every mailbox, each with minutes and seconds since noon."""
        found: dict[str, list[str]] = defaultdict(list)
        for sender, copies in ((self.sms, self.phones), (self.email, self.mailboxes)):
            said = {to: iter(all) for to, all in copies.items()}
            for call in sender.calls:
                if call.took:
                    since = (call.at - NOON) // timedelta(seconds=1)
                    found[call.to].append(f"{since // 60}:{since % 60:02} {next(said[call.to])}")
        return dict(found)

    def events_of(self, first: Alert) -> list[str]:
        """Collect what waits and return the names of the events that are about the escalation."""
        of_interest = ("escalated", "acknowledged", "exhausted", "cancelled")
        return [event.event for event in self.collect(first) if event.event in of_interest]

    def cancel_by_api(self, alert: Alert) -> CancelItemResult:
        """Cancel an alert as `/cancelalerts` does."""
        return self._cancel(CancelElement(CancelKind.ALERT, alert.ref))

    def cancel_link_by_api(self, link_ref: str) -> CancelItemResult:
        """Cancel a linked set as `/cancelalerts` does."""
        return self._cancel(CancelElement(CancelKind.LINKED, link_ref=link_ref))

    def ask_for_step(self, alert: Alert, step: int, call: str = "c1") -> str:
        """Ask for a step as `/escalate` does; its client repeats the call. Return "", or why it was refused."""

        def ask() -> None:
            request = RequestStep(self._port("escalations", self.escalations), self._wake())
            EscalateAlert(request, self.clock)(alert, RequestedStep(step, f"key:{KEY}", call))

        return self._until_answered(ask)

    def stop_by_api(self, alert: Alert, *, all_clear: bool = False) -> str:
        """Stop an alert as `/stop` does; its client repeats the call. Return "", or how it had ended before."""

        def stop() -> None:
            escalations = self._port("escalations", self.escalations)
            cancel = CancelAlerts(
                self._port("alerts", self.alerts),
                self._port("dispatch_progress", self.dispatch_progress),
                self.rows,
                self.clock,
                self.link_sets,
            )
            stops = StopAlert(cancel, escalations, CancelEscalations(escalations, self._wake()), self.clock)
            stops(alert, f"key:{KEY}", all_clear=all_clear)

        return self._until_answered(stop)

    def mark_by_api(self, alert: Alert, recipient: str, note: str = "rang me", call: str = "m1") -> str:
        """Mark a receiver as `/acknowledge` does. Return "", or why it was refused."""

        def mark() -> None:
            record = RecordReply(self._responses_port(), self._event_publisher_port())
            alerts, escalations = self._port("alerts", self.alerts), self._port("escalations", self.escalations)
            marks = AcknowledgeAlert(alerts, escalations, record, self.clock)
            marks(alert, Mark(None, recipient, note, f"key:{KEY}", call))

        return self._until_answered(mark)

    def _until_answered(self, act: Callable[[], None]) -> str:
        while True:
            try:
                act()
            except (Crash, StorageUnavailable):
                continue
            except Superseded as error:
                return error.reason
            return ""

    def _cancel(self, element: CancelElement) -> CancelItemResult:
        """Cancel; the client repeats the call until it has an answer."""
        escalations = CancelEscalations(self._port("escalations", self.escalations), self._wake())
        cancel = CancelAlerts(
            self.alerts, self.dispatch_progress, self.rows, self.clock, self.link_sets, None, escalations
        )
        while True:
            try:
                (result,) = cancel(self.key, [element])
            except (Crash, StorageUnavailable):
                continue
            return result

    def skipped(self, alert: Alert) -> Mapping[str, int]:
        """Count the skipped messages of an alert by reason."""
        found: dict[str, int] = defaultdict(int)
        for row in self.rows_of(alert).values():
            if row.state is MessageState.SKIPPED:
                found[row.reason or ""] += 1
        return dict(found)

    # --- the machinery ----------------------------------------------------------------------------------------

    def order(self, timer: Timer, delay: timedelta, lag: int = 0) -> None:
        """Be the queue: an order comes one to three times, never before its delay is over."""
        for copy in range(self._rng.randint(*self.fires)):
            later = timedelta(seconds=self._rng.randrange(lag + 1) + (20 * copy))
            self._at(self.clock() + delay + later, partial(self._hand_out, encode(timer), 1))

    def sweep(self) -> None:
        """Run both sweepers once."""
        super().sweep()
        sweep = SweepTimers(self._port("timers", self.timers), self._port("timer_queue", self.timer_queue), self.clock)
        try:
            sweep(lambda: LAMBDA_TIMEOUT)
        except (Crash, StorageUnavailable):
            return

    def looks(self) -> list[datetime]:
        return [*super().looks(), *self.timers.looks.values()]

    def _hand_out(self, order: str, receives: int) -> None:
        timer = decode(order)
        try:
            self._run_timer()(timer, redelivered=receives > 1)
        except (Crash, StorageUnavailable):
            if receives >= MAX_RECEIVES:
                self.dead_timers.append(timer)
            else:
                self._at(self.clock() + VISIBILITY, partial(self._hand_out, order, receives + 1))

    def _run_timer(self) -> RunTimer:
        port = self._port
        return RunTimer(
            port("timers", self.timers),
            port("timer_queue", self.timer_queue),
            port("scheduler", self.scheduler),
            {TimerKind.ESCALATION: self._advance()},
            self.clock,
        )

    def _advance(self) -> AdvanceEscalation:
        port = self._port
        escalations, alerts, event_publisher = (
            port("escalations", self.escalations),
            port("alerts", self.alerts),
            self._event_publisher_port(),
        )
        send = self._send_alert()
        end = EndEscalation(
            escalations,
            alerts,
            port("rows", self.rows),
            port("dispatch_progress", self.dispatch_progress),
            event_publisher,
            port("messages", self.messages),
            self.keys,
            send,
            read_for_run,
            MailOwners(FakeKeyOwners(self.keys), alerts, port("queue", self), self.clock),
        )
        return AdvanceEscalation(escalations, alerts, self.keys, event_publisher, send, read_for_run, end)

    def _send_alert(self) -> SendAlert:
        prepare = PrepareSend(
            self.stores,
            self._randomness,
            begin_escalation=begun,
            join=JoinLinkSet(self._port("link_sets", self.link_sets)),
            filters=self.filters,
        )
        return SendAlert(
            prepare,
            self._port("alerts", self.alerts),
            self.keys,
            self._port("queue", self),
            self.clock,
            timers=self._port("timer_queue", self.timer_queue),
        )

    def _wake(self) -> WakeEscalation:
        return WakeEscalation(
            self._port("timers", self.timers), self._port("timer_queue", self.timer_queue), self.clock
        )

    def _responses_port(self) -> Any:
        escalations = self._port("escalations", self.escalations)
        return AnswersEndEscalations(super()._responses_port(), escalations, self._wake())

    def _guards(self) -> list[Guard]:
        return [*super()._guards(), StopEscalated(self._port("escalations", self.escalations))]


def check_escalations(world: EscalationWorld) -> None:
    """Raise AssertionError if an escalation of this world ever broke a promise (the invariants of the design's 3.3)."""
    for key in world.escalations.rows:
        story = [one for one in world.escalations.history if one.key == key]
        for before, after in pairwise(story):
            assert after.step - before.step in (0, 1), "steps are taken one by one, and never back"
            assert after.answered - before.answered in (0, 1)
            assert after.answered <= after.need, "more were counted than were needed"
            assert before.state is EscalationState.ACTIVE, "something followed the end"
            if after.step > before.step:
                assert before.open, "a step was taken after it was stopped"
                assert after.stepped_at >= before.due_at, "a step came early"
        last = story[-1]
        assert last.answered == len(world.escalations.counted[key]), "a person was counted twice"
        _check_policy(world, last)
        _check_end(world, last)
        _check_silence(world, last)


def _check_policy(world: EscalationWorld, last: Escalation) -> None:
    policy = world.escalations.ladders[last.key]
    alerts = {alert.ref: alert for alert in world.accepted}
    steps = [alert for alert in alerts.values() if alert.cause and alert.cause.kind is CauseKind.ESCALATION]
    mine = [alert.ref for alert in steps if alert.cause and alert.cause.parent == last.key.first]
    assert sorted(mine) == sorted(ref for ref in last.alerts[1:] if ref), "a step's alert beside the ladder"
    at = last.began_at
    asked_for = {one.requested.step for one in world.escalations.history if one.key == last.key and one.requested}
    for number, ref in enumerate(last.alerts[1:]):
        wait = timedelta(0) if number + 1 in asked_for else policy.after[number]
        if ref is None:
            at += wait  # it came no earlier, and left no alert
            continue
        assert alerts[ref].accepted_at - at >= wait, "two steps came too close"
        at = alerts[ref].accepted_at


def _check_end(world: EscalationWorld, last: Escalation) -> None:
    told = [
        event for (_, alert, _), pack in world.events.told.items() if alert == last.key.first for event in pack.events
    ]
    names = [event.event for event in told]
    assert names.count("escalated") == last.step
    marks = [event for event in told if event.event == "acknowledged" and "needed" not in event.details]
    for mark in marks:
        names.remove(mark.event)  # the answer of one person, and no end
    ends = [name for name in names if name in ("acknowledged", "exhausted", "cancelled")]
    assert ends == ([] if last.state is EscalationState.ACTIVE else [last.state.value]), "one end, told once"
    exhausted = [message for message in world.messages.told.values() if message.alert == last.key.first]
    assert len(exhausted) == (last.state is EscalationState.EXHAUSTED)
    if last.state is EscalationState.EXHAUSTED:
        assert last.step == last.steps, "given up before every step was taken"


def _check_silence(world: EscalationWorld, last: Escalation) -> None:
    """E2: whatever was claimed after the last answer was committed is not handed over."""
    stopped = world.escalations.stopped_at.get(last.key)
    calls = [call for sender in (world.sms, world.email) for call in sender.calls if call.id.key.alert in last.alerts]
    for call in calls:
        row = world.rows.rows[call.id.key, call.id.position]
        claims = [one.at for one in row.log if one.state is MessageState.SENDING]
        claimed = claims[call.id.attempt - 1]
        again = row.resent_at is not None and stopped is not None and row.resent_at >= stopped
        assert stopped is None or claimed <= stopped or again, "somebody was asked after it was stopped"
    asked = {call.to for call in calls if call.took}
    for (key, position), row in world.rows.rows.items():
        if key.alert in last.alerts and any(one.state is MessageState.UNKNOWN for one in row.log):
            asked.add(world.alerts.chunks[key][position].address)  # nobody can know whether they were
    told = {
        call.to
        for call in world.sms.calls
        if (cause := world.alerts.alerts[TENANT, call.id.key.alert].cause) and cause.kind is CauseKind.ALL_CLEAR
    }
    assert told <= asked, "somebody stands down who was never asked"
