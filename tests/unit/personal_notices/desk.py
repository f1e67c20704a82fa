"""People of an account who are told of notices, over fakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.builders import TENANT
from tests.fakes.directory import FakeDirectory
from tests.fakes.inboxes import FakeInboxes
from tests.fakes.notice_runs import FakeNoticeRuns
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.schedules import FakeCommitTogether, FakeSchedules
from tests.fakes.sending_limits import FakeCounters
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.unit.alerts.desk import Desk
from tocsin.alerts.application.send_inside import SendInside
from tocsin.alerts.domain.alert import Alert
from tocsin.directory.application.own_numbers import OwnNumbers
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, UserId
from tocsin.personal_notices.application.people_of_notice import ReadNoticePeople
from tocsin.personal_notices.application.tell_people import TellPeopleOnce
from tocsin.personal_notices.application.text_numbers import NoticeSenders, OptedOut
from tocsin.personal_notices.application.welcome_texts import WelcomeTexts
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRunWritten
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.suppressions.application.suppress import Suppress

OURS = "+447700900100"
HERS = "+447700900123"
CONSOLE = "https://console.example"
ANA = UserId("ana")


def a_person(id: str = ANA, **given: Any) -> User:
    """Return an active person with a backup phone."""
    fixed: dict[str, Any] = {"state": UserState.ACTIVE, "backup_phone": HERS}
    return User(TENANT, UserId(id), f"{id}@example.org", id.title(), RoleId("user"), NOON, **fixed | given)


def wants(id: str = ANA, **given: Any) -> NotificationSettings:
    """Return settings of a person."""
    return NotificationSettings(tenant=TENANT, user=UserId(id), version=1, **given)


def a_notice(**given: Any) -> PersonalNotice:
    """Return a notice of a missed call."""
    fixed: dict[str, Any] = {
        "tenant": TENANT, "kind": NoticeKind.CALL, "key": "c1", "at": NOON, "subject": "Missed call",
        "line": "Eve rang 2001", "event": "e1", "url": f"{CONSOLE}/app/events/e1",
    }  # fmt: skip
    return PersonalNotice(**fixed | given)


def to(*ids: str, because: str = "it rang your line") -> Sequence[Addressee]:
    """Return people whom a notice concerns."""
    return [Addressee(UserId(id), because) for id in ids or (ANA,)]


@dataclass
class NoticeDesk:
    """`TellPeopleOnce` and what is behind it; its parts may be inspected."""

    desk: Desk = field(default_factory=Desk)
    mailed: set[UserId] = field(default_factory=set)

    def __post_init__(self) -> None:
        desk = self.desk
        self.runs, self.inboxes, self.directory = FakeNoticeRuns(), FakeInboxes(), FakeDirectory()
        self.preferences, self.suppressions = FakePreferencesStore(), FakeSuppressions()
        desk.alerts.writes(NoticeRunWritten, self.runs)
        desk.numbers.add(TwoWayNumber(OURS, TENANT, ApiKeyId("k1")))
        together = FakeCommitTogether(desk.alerts, FakeSchedules(), FakeStoredContentRepository(), FakeTimers())
        self.clocks = AccountClocks(desk.tenants, desk.clock)
        self.send = SendInside(
            alerts=desk.alerts,
            together=together,
            stores=desk.stores,
            filters=desk.filters,
            clocks=self.clocks,
            queue=desk.queue,
            timers=FakeTimerQueue(),
            clock=desk.clock,
        )
        self.suppress = Suppress(self.suppressions, desk.sealer)
        self.welcomes = WelcomeTexts(
            counters=FakeCounters(),
            directory=self.directory,
            sealer=desk.sealer,
            account=lambda tenant: "Acme",
            clock=desk.clock,
            console=CONSOLE,
        )
        self.tell = self.telling()

    def telling(self, **given: Any) -> TellPeopleOnce:
        """Return the use case, with parts of it replaced."""
        desk = self.desk

        def numbers(tenant: object) -> list[str]:
            return [each.number for each in desk.numbers.of_tenant(TENANT)]

        parts: dict[str, Any] = {
            "runs": self.runs,
            "people": ReadNoticePeople(self.directory, self.preferences),
            "inboxes": self.inboxes,
            "clocks": self.clocks,
            "send": self.send,
            "sender": NoticeSenders(lambda tenant: None, numbers, desk.clock),
            "our_numbers": OwnNumbers(self.directory, numbers).among,
            "opted_out": OptedOut(self.suppress),
            "clock": desk.clock,
            "mailed": lambda notice: self.mailed,
            "console": CONSOLE,
        }
        return TellPeopleOnce(**parts | given)

    @property
    def alerts(self) -> list[Alert]:
        """Return the alerts that were accepted."""
        return list(self.desk.alerts.alerts.values())

    def messages(self) -> list[tuple[str, str, str]]:
        """Return channel, address and words of each accepted message."""
        found = []
        for alert in self.alerts:
            for batch in alert.batches():
                for who in self.desk.alerts.recipients(batch.key):
                    words = who.lookups.get("text") or who.lookups["body"]
                    found.append((alert.items[batch.key.item].channel.value, who.address, words))
        return found

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.desk.clock.advance(timedelta(**span))
