"""The operator's commands on fakes: a stack, its repositories and what its AWS account answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from infra.operator.command_line import main
from infra.operator.context import OperatorContext
from infra.operator.stack import FoundStack
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.attempts import FakeAttempts
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.directory import FakeDirectory, FakePersonalTokens, FakeSessions
from tests.fakes.erasures import FakeErasureLedger, FakePersonalMails
from tests.fakes.identity_provider import FakeIdentityProvider
from tests.fakes.messages import FakeMessageRows
from tests.fakes.randomness import SeededRandomness
from tests.fakes.restore import FakeRestoreLedger
from tests.fakes.schedules import FakeSchedules
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeLimitSettings
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.system_mail import FakeSystemMail
from tests.fakes.telephony import FakeEventSenders
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.work import FakeDispatchProgress
from tocsin.adapters.inbound_mail.mailbox import UnreadableObject
from tocsin.directory.application.add_person import AddPerson
from tocsin.directory.application.person_changes import WritePerson
from tocsin.entrypoint.process.clock import utc_now
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.privacy.domain.erasure import Person
from tocsin.privacy.ports import Mentions
from tocsin.restore.application.settle import Settled
from tocsin.sign_in.application.invite import InvitePerson
from tocsin.sign_in.application.person_links import PersonLinks


class NothingPersonal:
    """A table in which the person has one row; `person` is who was asked for."""

    def __init__(self) -> None:
        self.left = 1
        self.person: Person | None = None

    def discover(self, tenant: TenantId, person: Person) -> Person:
        self.person = person
        return person

    def mentions(self, tenant: TenantId, person: Person) -> Mentions:
        return Mentions(self.left, ())

    def erase(self, tenant: TenantId, person: Person) -> int:
        self.left, changed = 0, self.left
        return changed


STACK = FoundStack("s", "UPDATE_COMPLETE", {}, {})


@dataclass
class World:
    """An office on fakes; `asked` notes which stack was wanted."""

    keys: FakeApiKeyRepository = field(default_factory=FakeApiKeyRepository)
    tenants: FakeTenantRepository = field(default_factory=FakeTenantRepository)
    sealer: FakeSealer = field(default_factory=FakeSealer)
    erasures: FakeErasureLedger = field(default_factory=FakeErasureLedger)
    sending_limits: FakeLimitSettings = field(default_factory=FakeLimitSettings)
    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)
    event_senders: FakeEventSenders = field(default_factory=FakeEventSenders)
    numbers: FakeTwoWayNumbers = field(default_factory=FakeTwoWayNumbers)
    personal: NothingPersonal = field(default_factory=NothingPersonal)
    mails: FakePersonalMails = field(default_factory=FakePersonalMails)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    personal_tokens: FakePersonalTokens = field(default_factory=FakePersonalTokens)
    provider: FakeIdentityProvider = field(default_factory=FakeIdentityProvider)
    attempts: FakeAttempts = field(default_factory=FakeAttempts)
    mail: FakeSystemMail = field(default_factory=FakeSystemMail)
    clients: Callable[[str], Any] = field(default=lambda service: None)
    unreadable: list[UnreadableObject] = field(default_factory=list)
    restore_ledger: FakeRestoreLedger = field(default_factory=FakeRestoreLedger)
    settled: list[bool] = field(default_factory=list)
    clock: Clock = utc_now
    stack: FoundStack = STACK
    waited: list[timedelta] = field(default_factory=list)
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def settle(self, *, dry_run: bool) -> Settled:
        self.settled.append(dry_run)
        return Settled(messages=3)

    def operate(self, *words: str) -> int:
        def find(stack: str, region: str | None, endpoint_url: str | None) -> OperatorContext:
            self.asked.append((stack, region, endpoint_url))
            return OperatorContext(
                stack=self.stack,
                clients=self.clients,
                tenants=self.tenants,
                keys=self.keys,
                sealer=self.sealer,
                suppressions=self.suppressions,
                numbers=self.numbers,
                event_senders=self.event_senders,
                sending_limits=self.sending_limits,
                personal_data=self.personal,
                mails=self.mails,
                alerts=FakeAlertRepository(FakeDispatchProgress()),
                messages=FakeMessageRows(),
                erasures=self.erasures,
                schedules=FakeSchedules(),
                restore_ledger=self.restore_ledger,
                directory=self.directory,
                sessions=self.sessions,
                personal_tokens=self.personal_tokens,
                settle=self.settle,
                add_person=AddPerson(self.directory, SeededRandomness(), self.clock),
                invite=partial(
                    InvitePerson(
                        provider=self.provider,
                        changes=WritePerson(self.directory),
                        tenants=self.tenants,
                        attempts=self.attempts,
                        mail=self.mail,
                        links=PersonLinks(self.sealer),
                        randomness=SeededRandomness(2),
                        clock=self.clock,
                    ),
                    console="https://console.example",
                ),
                unreadable_mails=lambda: self.unreadable,
                clock=self.clock,
                randomness=SeededRandomness(),
                wait=self.waited.append,
            )

        return main(words, find)
