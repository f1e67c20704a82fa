"""Providers with phones and mailboxes behind them.

A test says how a provider behaves towards an address, and at the end states the *complete* set of what arrived:

    provider.towards("+447700900001", Throttle(), Accept())   # the last behaviour goes on for ever
    …
    assert provider.received == {"+447700900001": ["trunk 7 is down"]}
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.fakes.time import VirtualClock
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission
from tocsin.delivery.ports.senders import OutgoingEmail, OutgoingSms, SmsSender, Wait


@dataclass(frozen=True)
class Accept:
    """Takes the message and says so."""


@dataclass(frozen=True)
class Throttle:
    """Does not take it, for now."""

    retry_after: timedelta = timedelta(0)


@dataclass(frozen=True)
class RefusePermanent:
    """Does not take it and never will."""

    reason: str = "invalid_number"


@dataclass(frozen=True)
class LoseReply:
    """Takes it (or not, nobody can tell), and the answer is lost."""

    took: bool = True


@dataclass(frozen=True)
class Hang:
    """Holds the line until the call's time-out; it has taken the message, or not."""

    took: bool = True
    lasts: timedelta = timedelta(seconds=10)


@dataclass(frozen=True)
class Break:
    """The adapter breaks its promise and raises."""


Behaviour = Accept | Throttle | RefusePermanent | LoseReply | Hang | Break


@dataclass(frozen=True)
class Call:
    """One call that reached the provider. `took` says whether the receiver got a copy."""

    at: datetime
    id: MessageId
    to: str
    took: bool


class _Network:
    """What text messages and emails have in common."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self._clock = clock or VirtualClock()
        self._script: dict[str, list[Behaviour]] = {}
        self._default: Behaviour = Accept()
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.received: dict[str, list[str]] = defaultdict(list)
        self.on_taken: Callable[[MessageId, str], None] = lambda id, provider_id: None

    def towards(self, address: str, *behaviours: Behaviour) -> None:
        """Behave so in this order; the last one goes on for ever."""
        self._script[address] = list(behaviours)

    def by_default(self, behaviour: Behaviour) -> None:
        """Behave so towards everybody without a script."""
        self._default = behaviour

    def calls_to(self, address: str) -> list[Call]:
        return [call for call in self.calls if call.to == address]

    def _submit(self, id: MessageId, to: str, content: str) -> Submission:
        with self._lock:
            at = self._clock()
            script = self._script.get(to, [self._default])
            behaviour = script.pop(0) if len(script) > 1 else script[0]
            took = getattr(behaviour, "took", isinstance(behaviour, Accept))
            self.calls.append(Call(at, id, to, took))
            provider_id = f"p-{len(self.calls)}"
            if took:
                self.received[to].append(content)
        if took:
            self.on_taken(id, provider_id)
        match behaviour:
            case Accept():
                return Accepted(provider_id)
            case Throttle(retry_after):
                return Rejected("throttled", permanent=False, retry_after=retry_after)
            case RefusePermanent(reason):
                return Rejected(reason, permanent=True)
            case LoseReply():
                return OutcomeUnknown("connection_reset")
            case Hang(lasts=lasts):
                self._clock.advance(lasts)
                return OutcomeUnknown("timeout")
            case Break():
                raise RuntimeError("an adapter with a fault in it")


class FakeSmsSender(_Network):
    """Phones. `received` holds the texts by number, `messages` all that was handed over.

    `connected`: whether connections are open, so that a text can be begun.
    """

    def __init__(self, clock: VirtualClock | None = None) -> None:
        super().__init__(clock)
        self.messages: list[OutgoingSms] = []
        self.connected = True

    def begin(self, message: OutgoingSms) -> Wait | None:
        if not self.connected:
            return None
        outcome = self.send(message)
        return lambda: outcome

    def send(self, message: OutgoingSms) -> Submission:
        self.messages.append(message)
        return self._submit(message.id, message.to, message.text)


@dataclass(frozen=True)
class BegunTexts:
    """A port of texts behind which each begun text is one call of `send`, whatever happens in it."""

    port: SmsSender

    def send(self, message: OutgoingSms) -> Submission:
        return self.port.send(message)

    def begin(self, message: OutgoingSms) -> Wait:
        outcome = self.port.send(message)
        return lambda: outcome


class FakeEmailSender(_Network):
    """Mailboxes. `received` holds the mails (MIME) by address, `messages` all that was handed over."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        super().__init__(clock)
        self.messages: list[OutgoingEmail] = []

    def send(self, message: OutgoingEmail) -> Submission:
        self.messages.append(message)
        return self._submit(message.id, message.to, message.mime.decode())
