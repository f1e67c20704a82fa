"""Record what a call in comes to: its events, the response of a key, and the state of the message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.response_kind import Evidence
from tocsin.calls.application.heard_messages import HeardMessage
from tocsin.calls.application.record_key import RecordKey
from tocsin.calls.application.run_dialogue import RecordChanges
from tocsin.calls.domain.inbox import NO_TRY
from tocsin.delivery.application.record_receipts import Change
from tocsin.delivery.domain.ended_calls import call_back_outcome
from tocsin.delivery.domain.message import Message, MessageState, Receipt
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.results.ports import EventPublisher
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, facts_of
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import PromptName
from tocsin.voice.domain.verdict import verdict

_DELIVERED = Receipt(NO_TRY, MessageState.DELIVERED)


@dataclass(frozen=True, slots=True)
class TellCallIn:
    """Stores and publishes. Everything may be repeated: what was asked twice is told once.

    Attributes:
        record: changes messages and reports their batches.
    """

    events: EventPublisher
    record_key: RecordKey
    record: RecordChanges

    def received(self, message: HeardMessage, at: datetime) -> None:
        """A caller begins to hear a message. Raises StorageUnavailable."""
        self.events.publish(message.attempt.alert, message.received(at))

    def key(self, message: HeardMessage, row: Message, state: DialogueState, began: datetime) -> None:
        """A caller has pressed the key that a message waits for.

        A caller may show a number that is not theirs, so the key is weaker evidence than one in a call of ours. A
        message that every caller hears has no receivers, so a key on it does not count.

        Args:
            began: when the message began.

        Raises:
            StorageUnavailable: the key may not be recorded.
        """
        attempt, caller = message.attempt, message.caller
        facts = facts_of(state)
        self.record_key(
            attempt,
            row,
            verdict(message.script, facts, attempt.prompts(began)[PromptName.MAIN]),
            facts.keys,
            evidence=Evidence.PRESSED_IN,
            natural_id=f"{caller.call_id}.{attempt.id}",
            pressed_by=caller.number or "",
            reason=None if message.personal else UncountedReason.UNMATCHED,
        )

    def heard(
        self, message: HeardMessage, state: DialogueState, began: datetime, at: datetime, end: CallEnd | None = None
    ) -> None:
        """A caller has heard a message, or has hung up.

        The message is delivered then: one for callers in any case, a call of ours if the call back does what it asks.

        Args:
            began: when the message began.
            at: when it was over.
            end: how the call ended; None = it goes on.

        Raises:
            StorageUnavailable, StaleWrite: repeat it.
        """
        talked = max(0.0, (at - began).total_seconds())
        facts = facts_of(state).merge(CallFacts(end=end, talk_seconds=talked))
        content, main = message.attempt.content, message.attempt.prompts(began)[PromptName.MAIN]
        if message.attempt.called_back:
            self._change(message, lambda row, now: call_back_outcome(row, facts, content, main, now))
            return
        found = verdict(content.script, facts, main)
        self.events.publish(message.attempt.alert, message.complete(found, facts, at))
        if message.personal and found.success:
            self._change(message, _DELIVERED)

    def _change(self, message: HeardMessage, change: Receipt | Change) -> None:
        (result,) = self.record([(message.attempt.id, change)])
        if isinstance(result, Exception):
            raise result
