"""Calls that go on, and people on the line: everything that the dialogue and the end of calls need, in memory.

The use cases are composed as in production, on fakes. `asked` counts the calls of the stores since it was cleared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.builders import KEY, TENANT, a_call, an_acceptance, number
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.calls import FakeLinePool, FakePlacedCalls, FakeVoiceCaller
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.escalations import FakeEscalations
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings, FakeSendingTotals
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.bootstrap.calling import end_call, run_dialogue
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.calls.application.last_words import last_words
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.calls.ports.line_pool import WantedLine
from tocsin.content.domain.content import LookupTerms
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.delivery.domain.message import Message, MessageState, SendingTerms, claim_message, dialled
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.environment import Environment
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState
from tocsin.kernel.domain.ids import AlertRef, time_ordered_uuid
from tocsin.responses.domain.response import Response
from tocsin.results.domain.result_event import ResultEvent
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.dialogue import Event, Signal
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.own_sentences import OwnSentence
from tocsin.voice.domain.script import Replay, Script

ANA, BOB, OURS = number(1), number(2), number(900)
SECOND = timedelta(seconds=1)
TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=60 * SECOND, idempotent=True)
REF = AlertRef(time_ordered_uuid(NOON, b"0123456789"))
LINK = Link(LinkKey.of(TENANT, KEY, "fire-7"), REF)
ESCALATION = EscalationKey(LINK.key, REF)


class Counted:
    """A store whose calls are counted."""

    def __init__(self, name: str, store: Any, asked: Counter[str]) -> None:
        self._name, self._store, self._asked = name, store, asked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        local = {"refuses_cancelled", "saves_together"}  # answered from what the process knows
        if not callable(found) or name in local:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            self._asked[f"{self._name}.{name}"] += 1
            return found(*args, **kwargs)

        return call


class CallWorld:
    """An alert that calls Ana and Bob, with up to two attempts each. Ana is a contact of the client, c0."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        escalating: bool = False,
        except_responded: frozenset[ResponseKind] = frozenset(),
        attempts: int = 2,
        to: tuple[str, ...] = (ANA, BOB),
        lookups: LookupTerms | None = None,
        **says: Any,
    ) -> None:
        self.clock = VirtualClock()
        self.alerts = FakeAlertRepository()
        self.rows = FakeMessageRows(self.alerts)
        self.links = FakeLinkSets(self.clock)
        self.escalations = FakeEscalations(clock=self.clock)
        self.responses = FakeResponses(self.links, self.escalations)
        self.results = FakeResultEvents()
        self.publisher = FakeEventPublisher(self.results)
        self.suppressions, self.erasures = FakeSuppressions(), FakeErasureLedger()
        self.looks = FakeLastLooks(self.alerts, self.suppressions, self.erasures)
        self.queue = FakeDispatchQueue()
        self.limit_settings, self.counters = FakeLimitSettings(), FakeCounters()
        self.caller, self.placed, self.lines = FakeVoiceCaller(), FakePlacedCalls(), FakeLinePool()
        self.calls_in: list[CallQuestion] = []
        self.ended_in: list[EndedCall] = []
        self.asked: Counter[str] = Counter()
        acceptance = an_acceptance(
            a_call(*to, script=script or Replay(), attempts=attempts, sender=OURS, **says),
            ref=REF,
            link=LINK if escalating or except_responded else None,
            except_responded=except_responded,
            lookups=lookups,
        )
        self.alert = replace(acceptance.alert, escalation=REF if escalating else None)
        self.alerts.accept(replace(acceptance, alert=self.alert))
        if escalating:
            begun = Escalation(
                ESCALATION, EscalationState.ACTIVE, 1, 0, 1, 0, False, NOON, NOON + timedelta(hours=1), (REF,), NOON,
                evidence=Evidence.CONFIRMED,
            )  # fmt: skip
            self.escalations.rows[ESCALATION], self.escalations.counted[ESCALATION] = begun, set()
        self.start()

    def start(self) -> None:
        """Start the functions: what their processes knew is gone."""
        storage = Storage(StoreClients(None), table_name="core", key_id="key", clock=self.clock)
        stores = {
            "alerts": self.alerts,
            "message_rows": self.rows,
            "dispatch_progress": self.alerts.work,
            "result_events": self.results,
            "event_publisher": self.publisher,
            "responses": self.responses,
            "escalations": self.escalations,
            "link_sets": self.links,
            "last_looks": self.looks,
            "suppressions": self.suppressions,
            "erasure_ledger": self.erasures,
            "timers": self.escalations.timers,
            "short_links": FakeShortLinks(),
            "limit_settings": self.limit_settings,
            "counters": self.counters,
            "totals": FakeSendingTotals(),
        }
        for name, store in stores.items():
            setattr(storage, name, Counted(name, store, self.asked))
        storage.sealer = FakeSealer()
        queues = Queues(None, Environment())  # type: ignore[arg-type]
        queues.dispatch, queues.timers, queues.callbacks = self.queue, FakeTimerQueue(), None  # type: ignore[assignment]
        base = "https://t.example/l/"
        self.run_dialogue = run_dialogue(storage, queues, link_base_url=base, call_in=self._call_in)
        self.end_call = end_call(
            storage,
            queues,
            link_base_url=base,
            caller=self.caller,
            placed=self.placed,
            lines=self.lines,
            call_in_ended=self._call_in_ended,
        )

    def _call_in(self, asked: CallQuestion) -> CallAnswer:
        self.calls_in.append(asked)
        return last_words(asked.state, OwnSentence.NO_MESSAGE)

    def _call_in_ended(self, ended: EndedCall) -> ReceiptResult:
        self.ended_in.append(ended)
        return ReceiptResult.RECORDED

    # --- what a test says ---------------------------------------------------------------------------------------

    def dial(self, position: int = 0, *, record: bool = True) -> MessageId:
        """Claim the next try and dial. `record`: the worker records it, and notes which try the call belongs to."""
        (key,) = {batch.key for batch in self.alert.batches()}
        claim = claim_message(self.rows.rows.get((key, position)), position, self.clock(), TERMS)
        assert isinstance(claim, Message)
        assert all(self.rows.save(key, [claim]))
        id = MessageId(key, position, claim.attempt)
        to = self.alerts.chunks[key][position].address
        line = WantedLine(id, to)
        self.lines.take(TENANT, [line], urgent=True, now=self.clock(), until=self.clock() + timedelta(minutes=12))
        if record:
            assert all(self.rows.save(key, [dialled(claim, call_id(id), self.clock(), ANSWER_WITHIN)]))
            self.placed.remember(call_id(id), id, self.clock() + timedelta(days=1))
        return id

    def ask(self, id: MessageId, event: Event = Signal.ANSWERED, state: DialogueState | None = None) -> CallAnswer:
        """Ask as the provider does."""
        return self.run_dialogue(CallQuestion(event, state or DialogueState(), call_id(id), id, False, ANA, OURS))

    def say(self, id: MessageId, *events: Event) -> CallAnswer:
        """Let a call be answered and go on, a second between two events; return the last answer."""
        answer = self.ask(id)
        for event in events:
            self.clock.advance(SECOND)
            answer = self.ask(id, event, answer.state)
        return answer

    def end(self, id: MessageId, facts: CallFacts, *, named: bool = True) -> ReceiptResult:
        """Tell the end of a call. `named`: the provider tells the try."""
        return self.end_call(EndedCall(call_id(id), self.clock(), facts, id if named else None))

    def row(self, id: MessageId) -> Message:
        """The message as it is stored."""
        return self.rows.rows[id.key, id.position]

    def state(self, id: MessageId) -> MessageState:
        return self.row(id).state

    def kept(self) -> list[Response]:
        """The responses to the alert."""
        return list(self.responses.of_alert(TENANT, REF, 100, None, self.clock()).responses)

    def told(self) -> list[ResultEvent]:
        """Collect what waits for the client."""
        return list(self.results.collect(TENANT, KEY, REF, 100, self.clock()))

    def accepted(self) -> Alert:
        return self.alerts.alerts[TENANT, REF]

    def answer_otherwise(self, contact: str, address: str, kind: ResponseKind = ResponseKind.SMS) -> None:
        """Let somebody answer the linked set, or the escalation, by other means."""
        (key,) = {batch.key for batch in self.alert.batches()}
        self.responses.add(
            Response(
                key, 0, kind, f"in-{contact}", address, contact, self.clock(), "yes",
                link=self.alert.link, escalation=self.alert.escalation,
            )
        )  # fmt: skip


def call_id(id: MessageId) -> str:
    """The provider's id of the call of a try."""
    return f"call-{id.position}-{id.attempt}"


def spoken(answer: CallAnswer) -> str:
    """What is said."""
    return getattr(answer.prompt, "text", "")
