"""What the simulator sees of the local engine, and what its people do there."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.browser.browsers import Browsers
from infra.local.captured import texts
from infra.local.commands.click import browse, click
from infra.local.commands.effects import events_waiting
from infra.local.commands.reply import Running, answer_by_mail, answer_by_text
from infra.local.complaint import Complaint
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.mailboxes import mail_event
from infra.local.outside.outcomes import MailEvent
from infra.local.outside.phones import Phones, PhoneState
from infra.local.outside.submitted import SubmittedTexts
from infra.local.outside.topics import publish
from infra.local.simulator.messages import Message, mail_message, push_message, text_message

NEWEST_ALERTS = 6
"""So many alerts are read to judge what has happened."""


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """What the API says of one alert. `escalation`: its state, "" without one."""

    client_ref: str
    responses: int
    escalation: str


class World(Protocol):
    """What a simulator needs. Every verb raises Complaint with a sentence for its user if it cannot be done."""

    @property
    def link_base(self) -> str:
        """How the short links of this engine begin."""

    def messages(self) -> Sequence[Message]:
        """Return all texts, mails and pushes; for each receiver, oldest first."""

    def text_back(self, phone: str, words: str) -> None:
        """Reply to the last text of a phone."""

    def mail_back(self, mailbox: str, words: str, *, automatic: bool = False) -> None:
        """Reply to the last mail of a mailbox; `automatic`: as its auto-responder."""

    def report_mail(self, mailbox: str, event: MailEvent) -> None:
        """Let the mail service report an event of the last mail of a mailbox."""

    def follow(self, link: str) -> str:
        """Open a short link as a person does, and return what happened in words. It takes about five seconds."""

    def phone(self, number: str) -> PhoneState:
        """Return the state of a phone."""

    def set_phone(self, number: str, state: PhoneState) -> None:
        """Set the state of a phone."""

    def alerts(self) -> Sequence[AlertSeen]:
        """Return the newest alerts."""

    def events_waiting(self) -> int:
        """Return the number of events that no client has collected."""


class LocalEngine:
    """The world of `make run`. One thread at a time reads messages or acts; following links takes no turn.

    Args:
        running: clients and outputs of the running system.
        mails: what SES sent; the folder `tenant` in it has what the account's own mail server took.
        noted: the file that the engine appends texts to.
    """

    def __init__(self, running: Running, mails: MailFolder, noted: Path, phones: Phones, browsers: Browsers) -> None:
        self.link_base = f"{running.aws.endpoint}/"
        self._running = running
        self._mails, self._own_server = mails, MailFolder(mails.folder / "tenant")
        self._phones, self._browsers = phones, browsers
        self._turn = threading.Lock()
        self._submitted = SubmittedTexts(noted)
        self._texts = {text.id: text for text in texts(running.aws.endpoint)}
        self._read: dict[str, Message] = {}

    def messages(self) -> Sequence[Message]:
        """Return all texts, mails and pushes; of a phone or a folder, oldest first. A mail is parsed once."""
        with self._turn:
            self._texts |= {text.id: text for text in self._submitted.new()}
            read: dict[str, Message] = {}
            for folder in (self._mails, self._own_server):
                for path in folder.paths():
                    own = folder is self._own_server
                    try:
                        read[str(path)] = self._read.get(str(path)) or mail_message(path, by_own_server=own)
                    except OSError:
                        continue  # deleted a moment ago
            self._read = read
            here = [text_message(text, arrived=self._phones.arrived(text.id)) for text in self._texts.values()]
            return [*here, *read.values(), *map(push_message, self._browsers.pushes())]

    def text_back(self, phone: str, words: str) -> None:
        """Reply to the last text of a phone, as `make reply`."""
        with self._acting():
            answer_by_text(self._running, phone, words).go()

    def mail_back(self, mailbox: str, words: str, *, automatic: bool = False) -> None:
        """Reply to the last mail of a mailbox, as `make reply`."""
        with self._acting():
            answer_by_mail(self._running, self._mails, mailbox, words, automatic=automatic).go()

    def report_mail(self, mailbox: str, event: MailEvent) -> None:
        """Publish an event of SES about the last mail of a mailbox."""
        with self._acting():
            last = self._mails.newest(mailbox)
            if last is None:
                raise Complaint(f"{mailbox} has no mail any more")
            told = mail_event(last, mailbox, event)
            publish(self._running.aws, self._running.outputs["EmailEventsTopicArn"], [told])

    def follow(self, link: str) -> str:
        """Open a short link as `make click`."""
        return click(link, browse)

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with self._turn:
            try:
                yield
            except (BotoCoreError, ClientError, OSError) as error:
                raise Complaint("The local engine did not answer. Try once more.") from error

    def phone(self, number: str) -> PhoneState:
        """Return the state of a phone."""
        return self._phones.state(number)

    def set_phone(self, number: str, state: PhoneState) -> None:
        """Set the state of a phone."""
        self._phones.set(number, state)

    def alerts(self) -> Sequence[AlertSeen]:
        """Return the newest alerts of the demo tenant."""
        api = self._running.api
        newest = api.get(f"/alerts?limit={NEWEST_ALERTS}")
        found = newest.body["items"] if newest.status == 200 else []
        read = [api.get(f"/alerts/{alert['alert_ref']}") for alert in found]
        return [
            AlertSeen(
                client_ref=str(alert.body["client_ref"]),
                responses=alert.body["responses"] + alert.body["uncounted_responses"],
                escalation=(alert.body["escalation"] or {}).get("state", ""),
            )
            for alert in read
            if alert.status == 200
        ]

    def events_waiting(self) -> int:
        """Return the number of events that no client has collected."""
        return events_waiting(self._running.api)
