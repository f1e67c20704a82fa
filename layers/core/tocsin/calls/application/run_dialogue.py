"""Answer what a call that goes on asks: what is played next, and what the provider does then.

    question ─► answered? still wanted? ──no──► a sentence of ours, and hang up; the message is skipped or cancelled
                   │
                   └─► next step of the dialogue ─► facts into the message ─► a key that counts: response ─► prompt

The state of the dialogue travels with the call, so a repeated question gets the same answer. The facts of a call only
grow: those that a failed save lost come with the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from tocsin.calls.application.call_attempts import CallAttempt, CallAttempts
from tocsin.calls.application.call_rows import CallRows
from tocsin.calls.application.last_words import last_words
from tocsin.calls.application.record_key import RecordKey
from tocsin.calls.application.still_wanted import StillWanted, Unwanted
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.delivery.application.record_receipts import MessageReceipt, ReceiptOutcome
from tocsin.delivery.domain.ended_calls import call_outcome
from tocsin.delivery.domain.message import Message, MessageState, in_call, withdrawn
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, facts_of
from tocsin.voice.domain.dialogue import LISTEN_SECONDS, step
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState
from tocsin.voice.domain.own_sentences import OwnSentence
from tocsin.voice.domain.script import Prompt, PromptName, estimated_seconds
from tocsin.voice.domain.verdict import SLOW_SPEECH, verdict

CallIn = Callable[[CallQuestion], CallAnswer]
"""Answers the question of a call that a receiver has made."""

RecordChanges = Callable[[Sequence[MessageReceipt]], Sequence[ReceiptOutcome]]
"""Changes messages and reports their batches; `RecordReceipts` is one."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunDialogue:
    """Answers one question of a call.

    Attributes:
        record: for facts that come after the end of their call, and may make a success of it.
    """

    attempts: CallAttempts
    rows: CallRows
    wanted: StillWanted
    record_key: RecordKey
    record: RecordChanges
    call_in: CallIn
    clock: Clock

    def __call__(self, asked: CallQuestion) -> CallAnswer:
        """Return what the provider does next.

        Raises:
            StorageUnavailable: what is said could not be read, or a key that counts could not be recorded. The
                provider asks again.
            ValueError: the call is none of ours.
        """
        if asked.inbound:
            return self.call_in(asked)
        if asked.message is None:
            raise ValueError("a call of ours without its message")
        attempt = self.attempts.find(asked.message)
        if attempt is None:
            return last_words(asked.state, OwnSentence.WITHDRAWN)
        answered = asked.state.place is DialoguePlace.NEW
        row = self._row(attempt.id, afresh=answered)
        if answered and (unwanted := self.wanted(attempt, row, self.clock())):
            self._withdraw(attempt.id, unwanted)
            return last_words(asked.state, unwanted.sentence, attempt.content.language)
        return self._next(asked, attempt, row)

    def _next(self, asked: CallQuestion, attempt: CallAttempt, row: Message | None) -> CallAnswer:
        prompts = attempt.prompts(row.attempt_began if row else self.clock())
        state, then = step(attempt.content.script, asked.state, asked.event)
        answer = CallAnswer(state, then, prompts[then.prompt] if then.prompt else None)
        if not asked.state.finished:
            row = self._told(attempt, asked, answer, prompts[PromptName.MAIN]) or row
            if state.meaning:
                self._respond(attempt, state, row)
        return answer

    def _row(self, id: MessageId, *, afresh: bool) -> Message | None:
        try:
            return self.rows.load(id) if afresh else self.rows.last_known(id)
        except StorageUnavailable:
            _warn("the message of a call could not be read", id)
            return None

    def _withdraw(self, id: MessageId, unwanted: Unwanted) -> None:
        becomes = unwanted.becomes
        if becomes is None:
            return
        stopped = CallFacts(CallEnd.STOPPED)
        try:
            self.rows.change(
                id, lambda row, now: withdrawn(row, id.attempt, stopped, becomes, now, reason=unwanted.reason)
            )
        except (StaleWrite, StorageUnavailable):
            _warn("a call that was not wanted is not recorded", id)  # the next try finds the same

    def _told(self, attempt: CallAttempt, asked: CallQuestion, answer: CallAnswer, main: Prompt) -> Message | None:
        """Save the facts. Return the message, None if they could not be saved.

        A caller must not wait in silence for the store: what is not saved comes with later facts.
        """
        id, lasts = attempt.id, _lasts(answer)
        facts = replace(facts_of(answer.state), machine=asked.machine)

        def change(row: Message, now: datetime) -> Message | None:
            timed = _timed(facts, row, now) if asked.in_time else facts
            return in_call(row, id.attempt, timed, now, lasts, asked.call_id)

        try:
            row = self.rows.change(id, change)
            if row is not None and (row.attempt != id.attempt or row.state is not MessageState.CALLING):
                (outcome,) = self.record([(id, partial(_late, attempt, facts, main))])
                if isinstance(outcome, Exception):
                    raise outcome
        except (StaleWrite, StorageUnavailable):
            _warn("facts of a call were not saved", id)
            return None
        return row

    def _respond(self, attempt: CallAttempt, state: DialogueState, row: Message | None) -> None:
        if row is None:
            raise StorageUnavailable("the message of a key could not be read")
        self.record_key(attempt, row, verdict(attempt.content.script, facts_of(state), None), state.keys)


def _late(attempt: CallAttempt, facts: CallFacts, main: Prompt, row: Message, now: datetime) -> Message | None:
    return call_outcome(row, attempt.id.attempt, facts, attempt.content, main, now)


def _timed(facts: CallFacts, row: Message, now: datetime) -> CallFacts:
    """Return the facts with the time of the key that ended the dialogue."""
    if not facts.meaning or row.answered_at is None:
        return facts
    return replace(facts, key_seconds=max(0.0, (now - row.answered_at).total_seconds()))


def _lasts(answer: CallAnswer) -> timedelta:
    """Return how long the provider plays and listens until it asks again."""
    spoken = estimated_seconds(answer.prompt) * SLOW_SPEECH if answer.prompt else 0
    return timedelta(seconds=spoken + LISTEN_SECONDS.get(answer.step.then, 0))


def _warn(message: str, id: MessageId) -> None:
    extra = {"tenant": id.key.tenant, "alert": id.key.alert, "position": id.position, "attempt": id.attempt}
    _log.warning(message, extra=extra)
