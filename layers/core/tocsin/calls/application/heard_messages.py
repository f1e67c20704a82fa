"""The messages that a person hears who calls in: which wait for them, and which of these may be heard now.

A caller hears their own messages and those that every caller hears, as long as the alert of each lives. A call of ours
is heard too: people call back the number that they missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from tocsin.calls.application.call_attempts import CallAttempt, CallAttempts
from tocsin.calls.application.open_calls import our_side
from tocsin.calls.domain.inbox import MOST_HEARD, NO_TRY, in_order
from tocsin.contacts.domain.recipient import ANYBODY
from tocsin.delivery.application.guards import Claimed, Guard
from tocsin.delivery.domain.message import ERASED, Message, MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.outcome import Skipped, Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.delivery.ports.messages import MessageRows
from tocsin.escalation.application.stop import ANSWERED
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.ports.conversations import Conversations
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import Script
from tocsin.voice.domain.verdict import CallVerdict

_LOOKED_AT = 25
"""Messages of one conversation that are looked at: the newest."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who calls in.

    Attributes:
        call_id: the provider's id of the call.
        number: the caller's, E.164; None if it is withheld.
    """

    call_id: str
    number: str | None


@dataclass(frozen=True, slots=True)
class HeardMessage:
    """A message in one call.

    Attributes:
        attempt: its number is NO_TRY, and its recipient is ANYBODY if every caller hears the message.
    """

    caller: Caller
    attempt: CallAttempt

    @property
    def script(self) -> Script:
        """The rules of its dialogue."""
        return self.attempt.content.script

    @property
    def personal(self) -> bool:
        """Whether it is for this caller, and not for every caller."""
        return self.attempt.recipient.address != ANYBODY.address

    def received(self, at: datetime) -> ResultEvent:
        """Return the event of a caller who begins to hear it."""
        return self._event("callReceived", at, {"callBack": True} if self.attempt.called_back else {})

    def complete(self, found: CallVerdict, facts: CallFacts, at: datetime) -> ResultEvent:
        """Return the event of a caller who has heard it. A call back has none: its message tells of it."""
        details = {
            "status": found.status.value,
            "durationSeconds": round(facts.talk_seconds or 0.0, 1),
            "digits": facts.keys,
            **({} if found.heard is None else {"heard": found.heard}),
        }
        return self._event("callComplete", at, details, found.reason)

    def _event(self, event: str, at: datetime, details: Mapping[str, Any], reason: str | None = None) -> ResultEvent:
        id, item = self.attempt.id, self.attempt.item
        return event_about(
            self.attempt.alert,
            event,
            (event, self.caller.call_id, id.key.item, id.key.chunk, id.position),
            channel=item.channel,
            tag=item.tag,
            alertee=self.caller.number or "",
            contact_id=self.attempt.recipient.contact_id,
            whence=at,
            reason=reason,
            details=details,
        )


@dataclass(frozen=True, slots=True)
class HeardMessages:
    """Finds messages.

    Attributes:
        last_look: the guard that sees cancellations and erasures.
        escalation_over: objects to messages of an escalation that is over, and to those of people who have answered.
        has_answered: objects to receivers who have answered an earlier alert of the linked set.
    """

    conversations: Conversations
    attempts: CallAttempts
    rows: MessageRows
    last_look: Guard
    escalation_over: Guard
    has_answered: Guard

    def waiting(self, tenant: TenantId, number: str, caller: Caller, now: datetime) -> list[HeardMessage]:
        """Return what a caller hears who calls a number of ours, in order, at most MOST_HEARD.

        Raises:
            StorageUnavailable: not everything could be read.
        """
        ours = our_side(number)
        personal = self.conversations.newest(tenant, ours, caller.number, _LOOKED_AT) if caller.number else ()
        anybody = self.conversations.newest(tenant, ours, ANYBODY.address, _LOOKED_AT)
        found = (
            self.find(MessageId(said.key, said.position, NO_TRY), caller)
            for said in in_order(personal, anybody)
            if said.expires_at is None or now < said.expires_at
        )
        open_ones = (message for message in found if message is not None and self.may_be_heard(message, now))
        return list(islice(open_ones, MOST_HEARD))

    def find(self, id: MessageId, caller: Caller) -> HeardMessage | None:
        """Return a message of a call, whether it may be heard now or not; None if it is not stored any more."""
        attempt = self.attempts.find(id)
        return None if attempt is None else HeardMessage(caller, attempt)

    def may_be_heard(self, message: HeardMessage, now: datetime) -> bool:
        """Whether a caller may begin to hear a message. Raises StorageUnavailable."""
        row = self.row(message)
        if row is None or message.attempt.alert.expired(now) or (message.attempt.called_back and _answered(row)):
            return False
        guards = [self.last_look, self.escalation_over]
        if not message.attempt.called_back:  # a call of ours can be called back by a receiver who has answered by text
            guards.append(self.has_answered)
        return not any(_objects(guard, message.attempt, row) for guard in guards)

    def row(self, message: HeardMessage) -> Message | None:
        """Return the row of a message, None if it was never claimed. Raises StorageUnavailable."""
        id = message.attempt.id
        return self.rows.load(id.key, range(id.position, id.position + 1)).get(id.position)

    def ringing(self, message: HeardMessage) -> str | None:
        """Return the provider's id of our call that its receiver returns and that still rings; None if none does.

        Raises:
            StorageUnavailable: the message could not be read.
        """
        row = self.row(message) if message.attempt.called_back else None
        return row.provider_id if row is not None and row.rings else None


def _answered(row: Message) -> bool:
    """Whether the receiver has pressed a key in a call that succeeded."""
    return row.state is MessageState.DELIVERED and row.call_facts.meaning is not None


def _objects(guard: Guard, attempt: CallAttempt, row: Message) -> bool:
    """Whether a guard knows why the message must not be heard. Who calls by themselves is not disturbed.

    Raises:
        StorageUnavailable: the guard could not look.
    """
    match guard(attempt.alert, attempt.item, [Claimed(row, attempt.recipient)]).get(row.position):
        case None:
            return False
        case Rejected(reason):
            raise StorageUnavailable(f"whether a message may be heard could not be looked up: {reason}")
        case Suppressed(reason):
            return reason == ERASED
        case Skipped(reason):
            return reason != ANSWERED  # they may hear it again, while others have still to answer
        case _:
            return True
