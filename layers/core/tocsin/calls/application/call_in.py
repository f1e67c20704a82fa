"""Answer what a call in asks: whose number was called, what waits for the caller, and what is heard next.

    answered ─► whose number? ─► what waits? ──nothing──► "There is no message for this number"
                                     └─► the first message, or how many there are ─► each message in turn ─► the end

Which messages are heard, and where the call stands, travels with the call. What is stored about the call is for its
end, which the provider tells by the id of the call alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.calls.application.heard_messages import Caller, HeardMessage, HeardMessages
from tocsin.calls.application.last_words import last_words
from tocsin.calls.application.tell_call_in import TellCallIn
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.inbox import Inbox, InboxPlace, heard_next
from tocsin.calls.domain.notices import call_without_message
from tocsin.calls.ports.calls_in import CallsIn, CallUnderWay
from tocsin.calls.ports.placed_calls import PlacedCalls
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.voice.domain.dialogue import IvrStep, Signal, Then, step
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, decode, encode
from tocsin.voice.domain.own_sentences import OwnSentence, own_sentence
from tocsin.voice.domain.script import Prompt, PromptName

_log = logging.getLogger(__name__)

CALL_KEPT = timedelta(days=1)
"""How long the end of a call in can be recorded. The longest call ends within minutes, and its end is told at once."""

_OVER = IvrStep(None, False, Then.HANG_UP)
_GREETING = IvrStep(PromptName.PRE, False, Then.GO_ON)


@dataclass(frozen=True, slots=True)
class AnswerCallIn:
    """Answers one question of a call in.

    Attributes:
        placed: leads from a call to its first message, and so to its tenant.
        stop: ends a call of ours that rings, by the provider's id. It never raises.
    """

    numbers: TwoWayNumbers
    messages: HeardMessages
    tell: TellCallIn
    calls: CallsIn
    placed: PlacedCalls
    notices: AccountNotices
    stop: Callable[[str], None]
    clock: Clock

    def __call__(self, asked: CallQuestion) -> CallAnswer:
        """Return what the provider does next. A repeated question gets the same answer, and is told once.

        Raises:
            StorageUnavailable, StaleWrite: the provider asks again.
            ValueError: the state is none of a call in.
        """
        caller = Caller(asked.call_id, _number(asked.receiver))
        if not asked.state.inbox:
            return CallAnswer(asked.state, _OVER, None) if asked.state.finished else self._answered(asked, caller)
        inbox = Inbox.parse(asked.state.inbox)
        if inbox.place is InboxPlace.GREETING:
            return self._begin(inbox, caller)
        message = self.messages.find(inbox.message, caller)
        if message is None:
            return self._go_on(inbox, caller, asked.state)
        return self._next(asked, inbox, message)

    def _answered(self, asked: CallQuestion, caller: Caller) -> CallAnswer:
        now = self.clock()
        owner = self.numbers.find(asked.line) if asked.line else None
        waiting = self.messages.waiting(owner.tenant, owner.number, caller, now) if owner else []
        if not waiting:
            if owner is not None:
                self.notices.notify(call_without_message(owner, now))
            return last_words(asked.state, OwnSentence.NO_MESSAGE)
        inbox = Inbox(tuple(message.attempt.id for message in waiting), now)
        self.placed.remember(asked.call_id, inbox.message, now + CALL_KEPT)
        if inbox.last:
            return self._begun(inbox, waiting[0])
        inbox = replace(inbox, place=InboxPlace.GREETING)
        greeting = own_sentence(OwnSentence.SEVERAL, waiting[0].attempt.content.language, count=len(waiting))
        return self._answer(inbox, caller, DialogueState(), _GREETING, greeting)

    def _begin(self, inbox: Inbox, caller: Caller) -> CallAnswer:
        """Begin with the message that the inbox names, or with the first one after it that may still be heard."""
        message = self.messages.find(inbox.message, caller)
        if message is None or not self.messages.may_be_heard(message, self.clock()):
            return self._go_on(inbox, caller, DialogueState())
        return self._begun(inbox, message)

    def _begun(self, inbox: Inbox, message: HeardMessage) -> CallAnswer:
        inbox = replace(inbox, began=self.clock(), place=InboxPlace.MESSAGE)
        state, then = step(message.script, DialogueState(), Signal.ANSWERED)
        self.tell.received(message, inbox.began)
        if (ringing := self.messages.ringing(message)) is not None:
            self.stop(ringing)
        return self._answer(inbox, message.caller, state, then, _prompt(message, inbox, then))

    def _next(self, asked: CallQuestion, inbox: Inbox, message: HeardMessage) -> CallAnswer:
        found = heard_next(inbox, message.script, asked.state, asked.event)
        state, inbox = found.state, replace(inbox, place=found.place)
        if state.meaning is not None and asked.state.meaning is None:
            self._key(message, state, inbox.began)
        if not asked.state.finished and (found.step is None or state.finished):
            self.tell.heard(message, state, inbox.began, self.clock())
        if found.step is None:
            return self._go_on(inbox, message.caller, state)
        if found.sentence is None:
            prompt = _prompt(message, inbox, found.step)
        else:
            prompt = own_sentence(found.sentence, message.attempt.content.language)
        return self._answer(inbox, message.caller, state, found.step, prompt)

    def _key(self, message: HeardMessage, state: DialogueState, began: datetime) -> None:
        row = self.messages.row(message)
        if row is not None:
            self.tell.key(message, row, state, began)

    def _go_on(self, inbox: Inbox, caller: Caller, state: DialogueState) -> CallAnswer:
        """Go on to the next message, or end the call."""
        if inbox.last:
            return self._answer(inbox, caller, replace(state, place=DialoguePlace.OVER), _OVER, None)
        return self._begin(replace(inbox, at=inbox.at + 1), caller)

    def _answer(
        self, inbox: Inbox, caller: Caller, state: DialogueState, then: IvrStep, prompt: Prompt | None
    ) -> CallAnswer:
        state = replace(state, inbox=str(inbox))
        tenant = inbox.message.key.tenant
        try:
            self.calls.keep(
                tenant, CallUnderWay(caller.call_id, caller.number, encode(state)), self.clock() + CALL_KEPT
            )
        except StorageUnavailable:  # only the end of the call needs it, and the next step stores it again
            _log.warning("where a call in stands was not stored", extra={"tenant": tenant})
        return CallAnswer(state, then, prompt)

    def ended(self, call: EndedCall) -> ReceiptResult:
        """Record the end of a call in. What the dialogue has told already is not told again.

        Raises:
            StorageUnavailable, StaleWrite: tell it again.
        """
        first = self.placed.find(call.call_id)
        under_way = self.calls.find(first.key.tenant, call.call_id) if first else None
        if under_way is None:  # nothing waited for the caller
            return ReceiptResult.NOT_OURS
        state = decode(under_way.state)
        inbox = Inbox.parse(state.inbox)
        message = self.messages.find(inbox.message, Caller(call.call_id, under_way.caller))
        if message is None or inbox.place is InboxPlace.GREETING or state.finished:
            return ReceiptResult.NOTHING_NEW
        self.tell.heard(message, state, inbox.began, call.ended_at, call.facts.end)
        return ReceiptResult.RECORDED


def _prompt(message: HeardMessage, inbox: Inbox, then: IvrStep) -> Prompt | None:
    return message.attempt.prompts(inbox.began)[then.prompt] if then.prompt else None


def _number(receiver: str | None) -> str | None:
    """Return a caller's number, None if the provider has a word in its place."""
    return receiver if receiver and receiver.startswith("+") else None
