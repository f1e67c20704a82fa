"""A world of phones and mailboxes without an engine, for the simulator's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from infra.local.complaint import Complaint
from infra.local.outside.outcomes import MailEvent
from infra.local.outside.phones import Phones, PhoneState
from infra.local.simulator.messages import EMAIL, SMS, Message
from infra.local.simulator.world import AlertSeen


class SimulatedPeople:
    """Remembers what is done in it."""

    link_base = "http://127.0.0.1:8642/"

    def __init__(self, *messages: Message) -> None:
        self.here = list(messages)
        self.phones = Phones()
        self.told: list[tuple[str, ...]] = []
        self.newest: list[AlertSeen] = []
        self.waiting: int | Exception = 0

    def messages(self) -> Sequence[Message]:
        return [replace(message, arrived=self.phones.arrived(message.id)) for message in self.here]

    def text_back(self, phone: str, words: str) -> None:
        self._last(SMS, phone)
        self.told.append(("text", phone, words))

    def mail_back(self, mailbox: str, words: str, *, automatic: bool = False) -> None:
        self._last(EMAIL, mailbox)
        self.told.append(("automatic mail" if automatic else "mail", mailbox, words))

    def report_mail(self, mailbox: str, event: MailEvent) -> None:
        self._last(EMAIL, mailbox)
        self.told.append((event.kind, mailbox))

    def follow(self, link: str) -> str:
        self.told.append(("click", link))
        return "pressed the button, and was thanked"

    def phone(self, number: str) -> PhoneState:
        return self.phones.state(number)

    def set_phone(self, number: str, state: PhoneState) -> None:
        self.phones.set(number, state)

    def alerts(self) -> Sequence[AlertSeen]:
        return self.newest

    def events_waiting(self) -> int:
        if isinstance(self.waiting, Exception):
            raise self.waiting
        return self.waiting

    def _last(self, channel: str, to: str) -> Message:
        for message in reversed(self.here):
            if (message.channel, message.to) == (channel, to):
                if not message.can_be_answered:
                    raise Complaint(f'the last text to {to} came from "{message.sender}", which takes no replies')
                return message
        raise Complaint(f"{to} got no message that can be answered")
