"""An account whose people hear of telephony events: they come in, are acted on, and people are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.alert_rules import FakeAlertRules
from tests.fakes.telephony import FakeEventRows, FakeOwedEvents
from tests.fakes.told import FakeCallsTold, FakeTextsOfContacts
from tests.scenarios.event_world import repeated
from tests.unit.personal_notices.desk import NoticeDesk
from tests.unit.personal_notices.stories import ACME, THINGS
from tocsin.alert_rules.application.decide_event import DecideEvent
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.directory.domain.things import AnyThing
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.application.count_text import CountText
from tocsin.personal_notices.application.decide_notices import DecideNotices
from tocsin.personal_notices.application.hear_event import HearEvent
from tocsin.personal_notices.application.mail_people_of_account import MailPeopleOfAccount
from tocsin.personal_notices.application.people_book import PeopleBook
from tocsin.personal_notices.application.rewrite_inbox import RewriteInbox
from tocsin.personal_notices.application.tell_administrators import TellAdministratorsOfEvent
from tocsin.personal_notices.application.tell_of_event import TellOfEvent
from tocsin.preferences.application.administrators_who_want import AdministratorsWhoWant
from tocsin.preferences.domain.following import may_follow
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.telephony.application.act_on_events import ActOnEvents
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent

_UTC = ZoneInfo("UTC")
Wrap = Callable[[str, Any], Any]


def as_it_is(name: str, port: Any) -> Any:
    """Return the port itself: no worker dies."""
    return port


class NoticeWorld:
    """People, lines and groups of `stories`, and what tells people over fakes. `wrap` puts faults between the two."""

    def __init__(self, *settings: NotificationSettings, things: Sequence[AnyThing] = (), wrap: Wrap = as_it_is) -> None:
        self.desk = NoticeDesk()
        self.clock = self.desk.desk.clock
        self.desk.directory.add(*THINGS, *things)
        self.desk.preferences.add(*settings)
        self.rows, self.orders, self.rules = FakeEventRows(), FakeOwedEvents(), FakeAlertRules()
        self.calls, self.texts = FakeCallsTold(), FakeTextsOfContacts()
        events, directory = wrap("events", self.rows), wrap("directory", self.desk.directory)
        preferences = wrap("preferences", self.desk.preferences)
        self.people = PeopleBook(self.desk.directory, self.desk.preferences, self.clock)
        decide = DecideNotices(DecideEvent(lambda tenant: RuleBook([], AccountNames(), _UTC)), self.people)
        self.ingest = IngestEvents(events, wrap("orders", self.orders), decide, self.clock)
        hear = HearEvent(directory, preferences, self.people, may_follow)
        tell = self.desk.telling(
            runs=wrap("runs", self.desk.runs),
            inboxes=wrap("inboxes", self.desk.inboxes),
            send=wrap("send", self.desk.send).__call__,
        )
        administrators = TellAdministratorsOfEvent(
            AdministratorsWhoWant(directory, preferences),
            MailPeopleOfAccount(directory, self.desk.send),
            lambda _: _UTC,
        )
        of_event = TellOfEvent(
            hear=hear,
            settings=preferences,
            calls=wrap("calls", self.calls),
            runs=wrap("runs", self.desk.runs),
            events=events,
            tell=tell,
            rewrite=RewriteInbox(wrap("inboxes", self.desk.inboxes)),
            administrators=administrators,
            clock=self.clock,
        )
        count = CountText(hear=hear, settings=preferences, texts=wrap("texts", self.texts), tell=tell, clock=self.clock)
        self.act = ActOnEvents(events, {ActKind.NOTICE: of_event, ActKind.BURST: count}, self.clock)

    def take(self, *events: TelephonyEvent) -> None:
        """Take events in, as their source repeats them until it is answered."""
        received = [ReceivedEvent(event.id, event, late=False) for event in events]
        repeated(lambda: self.ingest(ACME, received))

    def work(self) -> None:
        """Act on every order, each of them twice."""
        while self.orders.queued:
            order = self.orders.queued.pop(0)
            for _ in range(2):
                repeated(lambda order=order: self.act(order))  # type: ignore[misc]

    def tell(self, *events: TelephonyEvent) -> None:
        """Let events come one after the other, each acted on before the next comes."""
        for event in events:
            self.take(event)
            self.work()

    def mails(self, user: UserId | None = None) -> list[str]:
        """Return the first lines of the mails to a person, or to all, in their order."""
        return [
            words.split("\n")[0]
            for channel, address, words in self.desk.messages()
            if channel == "email" and user in (None, address.partition("@")[0])
        ]

    def inbox(self, user: UserId) -> list[str]:
        """Return the titles in the inbox of a person."""
        return [notice.title for (_, owner, _), notice in self.desk.inboxes.kept.items() if owner == user]
