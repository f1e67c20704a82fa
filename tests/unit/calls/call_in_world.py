"""Messages that wait for callers, and people who call in: the deployed flow, the dialogue, and phones without a network.

The use cases are composed as in production, on fakes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from infra.local.outside.contact_flow import Answer, FlowRun
from infra.local.outside.phone_people import PhonePerson
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Spoken
from infra.local.places import ROOT
from infra.local.provider_events import contact_event
from tests.builders import KEY, TENANT, a_call, an_acceptance, number
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.calls import FakePlacedCalls, FakePromptFiles
from tests.fakes.calls_in import FakeCallsIn
from tests.fakes.conversations import FakeConversations, FakeTwoWayNumbers
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.escalations import FakeEscalations
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.executor import OneHand
from tests.fakes.last_looks import FakeLastLooks
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.randomness import SeededRandomness
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings, FakeSendingTotals
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue
from tocsin.adapters.connect import contact_events
from tocsin.adapters.connect.steps import answer, question
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.bootstrap.calling import answer_call_in
from tocsin.bootstrap.dispatching import dispatch_batch
from tocsin.bootstrap.queues import Queues
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.calls.application.open_calls import InboundCallChannel
from tocsin.calls.application.remember_calls import RememberCalls
from tocsin.calls.application.store_recordings import StoreRecordings
from tocsin.calls.domain.call_question import CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import ANYBODY
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.delivery.domain.message import Message, MessageState, SendingTerms, claim_message, dialled
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.environment import Environment
from tocsin.escalation.domain.escalation import Escalation, EscalationKey, EscalationState
from tocsin.kernel.domain.ids import AlertRef, time_ordered_uuid
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.results.domain.result_event import ResultEvent
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Script, SpokenText, Voice

FLOW: dict[str, Any] = json.loads((ROOT / "infra/voice-flow.json").read_text())
ANA, BOB, OURS = number(1), number(2), number(900)
AMY = Voice("Amy", "neural")
LETTERS_PER_SECOND = 15


@dataclass(frozen=True, slots=True)
class CalledIn:
    """A call in that is over: what was said, in order, and what each report of its end changed."""

    said: Sequence[str]
    ends: Sequence[ReceiptResult]


class CallInWorld:
    """One account with one number, OURS, of one API key.

    Attributes:
        meanwhile: called before each question of a call.
    """

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.alerts = FakeAlertRepository()
        self.rows = FakeMessageRows(self.alerts)
        self.links = FakeLinkSets(self.clock)
        self.escalations = FakeEscalations(clock=self.clock)
        self.responses = FakeResponses(self.links, self.escalations)
        self.results = FakeResultEvents()
        self.erasures, self.suppressions = FakeErasureLedger(), FakeSuppressions()
        self.conversations, self.calls, self.placed = FakeConversations(), FakeCallsIn(), FakePlacedCalls()
        self.notices, self.files = FakeAccountNotices(), FakePromptFiles()
        storage = Storage(StoreClients(None), table_name="core", key_id="key", clock=self.clock)
        stores = {
            "alerts": self.alerts,
            "message_rows": self.rows,
            "dispatch_progress": self.alerts.work,
            "result_events": self.results,
            "event_publisher": FakeEventPublisher(self.results),
            "responses": self.responses,
            "escalations": self.escalations,
            "link_sets": self.links,
            "last_looks": FakeLastLooks(self.alerts, self.suppressions, self.erasures),
            "suppressions": self.suppressions,
            "erasure_ledger": self.erasures,
            "timers": self.escalations.timers,
            "short_links": FakeShortLinks(),
            "conversations": self.conversations,
            "two_way_numbers": FakeTwoWayNumbers(TwoWayNumber(OURS, TENANT, KEY)),
            "calls_in": self.calls,
            "account_notices": self.notices,
            "limit_settings": FakeLimitSettings(),
            "counters": FakeCounters(),
            "totals": FakeSendingTotals(),
            "randomness": SeededRandomness(),
            "sealer": FakeSealer(),
        }
        for name, store in stores.items():
            setattr(storage, name, store)
        queues = Queues(None, Environment())  # type: ignore[arg-type]
        queues.dispatch, queues.timers, queues.callbacks = FakeDispatchQueue(), FakeTimerQueue(), None  # type: ignore[assignment]
        self.stopped: list[str] = []
        self.call_in = answer_call_in(
            storage, queues, link_base_url="https://t.example/l/", placed=self.placed, stop=self.stopped.append
        )
        self.dispatch = dispatch_batch(
            storage,
            queues,
            channel=InboundCallChannel(self.conversations, StoreRecordings(self.files)),
            executor=OneHand(),
            before_submit=lambda *_: None,
        )
        self.meanwhile: Callable[[CallQuestion], object] = lambda asked: None
        self._count = 0

    # --- messages -------------------------------------------------------------------------------------------------

    def send(
        self,
        says: str | Recording = "down",
        *to: str,
        script: Script | None = None,
        calls: bool = False,
        escalating: bool = False,
        **options: Any,
    ) -> Alert:
        """Accept an alert, and hand its messages over.

        Args:
            says: its message, a text or a recording.
            to: receivers; none = whoever calls hears it.
            calls: it calls its receivers, and they do not answer; else it waits for them to call.
            escalating: it is an escalation, which needs answers of two people.
        """
        self._count += 1
        self.clock.advance(timedelta(seconds=1))
        ref = AlertRef(time_ordered_uuid(self.clock(), self._count.to_bytes(10, "big")))
        main = SpokenText(says, AMY) if isinstance(says, str) else says
        said = {**{name: SpokenText(f"{name} {says}", AMY) for name in PromptName}, PromptName.MAIN: main}
        content = a_call(*(to or (ANYBODY.address,)), script=script, prompts=said, sender=OURS)
        acceptance = an_acceptance(content, at=self.clock(), ref=ref, **options)
        (item,) = acceptance.alert.items
        if not calls:
            item = replace(item, channel=Channel.INBOUND_CALL, requested=len(to))
        alert = replace(acceptance.alert, items=(item,), escalation=ref if escalating else None)
        if escalating:
            self._escalate(alert)
        chunks = acceptance.chunks if to else dict.fromkeys(acceptance.chunks, (ANYBODY,))
        self.alerts.accept(replace(acceptance, alert=alert, chunks=chunks))
        for batch in alert.batches():
            if calls:
                for position in batch.positions:
                    self.dial(alert, position)
            else:
                self.dispatch(DispatchJob(batch, item.channel, alert.lane), lambda: timedelta(minutes=5))
        return alert

    def _escalate(self, alert: Alert) -> None:
        assert alert.link is not None
        key, now = EscalationKey(alert.link.key, alert.ref), self.clock()
        self.escalations.rows[key] = Escalation(
            key, EscalationState.ACTIVE, 1, 0, 2, 0, False, now, now + timedelta(hours=1), (alert.ref,), now
        )
        self.escalations.counted[key] = set()

    def dial(self, alert: Alert, position: int = 0) -> MessageId:
        """Claim the next try of a call of ours, and dial."""
        (key,) = {batch.key for batch in alert.batches()}
        terms = SendingTerms(
            NOON + timedelta(hours=9), cancelled=False, claim_for=timedelta(minutes=1), idempotent=True
        )
        claim = claim_message(self.rows.rows.get((key, position)), position, self.clock(), terms)
        assert isinstance(claim, Message)
        assert all(self.rows.save(key, [claim]))
        id = MessageId(key, position, claim.attempt)
        remember = RememberCalls(self.conversations, self.clock)
        remember(alert, alert.items[0], key, [(position, self.alerts.chunks[key][position])])
        assert all(self.rows.save(key, [dialled(claim, f"out-{id.attempt}", self.clock(), ANSWER_WITHIN)]))
        return id

    def cancel(self, alert: Alert) -> None:
        self.alerts.cancel(alert.tenant, alert.ref, self.clock())

    # --- calls in -------------------------------------------------------------------------------------------------

    def ring(self, caller: str | None = ANA, *, to: str = OURS, told: int = 1, **person: Any) -> CalledIn:
        """Let somebody call in, to the end of the call.

        Args:
            told: how often the provider tells the end.
            person: what the caller does, as of a `PhonePerson`.
        """
        self._count += 1
        call_id = f"in-{self._count}"
        began = self.clock()
        phone = ScriptedPhone(
            PhonePerson(**person),
            lambda said: Spoken(said["what"], "", "", len(said["what"]) / LETTERS_PER_SECOND),
            passing=lambda seconds: self.clock.advance(timedelta(seconds=seconds)),
        )

        def invoke(payload: dict[str, Any]) -> Answer:
            asked = question(payload)
            self.meanwhile(asked)
            found = self.call_in(asked)
            assert self.call_in(asked) == found, "the same question gets the same answer"
            return answer(found.state, found.step, found.prompt, "s3://recordings/")

        contact = {
            "ContactId": call_id,
            "Attributes": {},
            "InitiationMethod": "INBOUND",
            "CustomerEndpoint": {"Address": caller or "anonymous"},
            "SystemEndpoint": {"Address": to},
        }
        reason = FlowRun(FLOW, phone, invoke, contact).run()
        ends = [self.end(call_id, reason, began) for _ in range(told)]
        return CalledIn([said.spoken.text for said in phone.said], ends)

    def end(self, call_id: str, reason: str = "CUSTOMER_DISCONNECT", began: Any = NOON) -> ReceiptResult:
        """Let the provider tell the end of a call."""
        ended = contact_events.read(contact_event(call_id, began, began, self.clock(), reason, "INBOUND"))
        assert isinstance(ended, EndedCall)
        return self.call_in.ended(ended)

    # --- what came of it ------------------------------------------------------------------------------------------

    def told(self, alert: Alert) -> list[ResultEvent]:
        """Collect what waits for the client about an alert."""
        return list(self.results.collect(TENANT, KEY, alert.ref, 100, self.clock()))

    def kept(self, alert: Alert) -> list[Response]:
        """The responses to an alert."""
        return list(self.responses.of_alert(TENANT, alert.ref, 100, None, self.clock()).responses)

    def row(self, alert: Alert, position: int = 0) -> Message:
        """A message of an alert as it is stored."""
        (key,) = {batch.key for batch in alert.batches()}
        return self.rows.rows[key, position]

    def state(self, alert: Alert, position: int = 0) -> MessageState:
        return self.row(alert, position).state
