"""Connecting a mailbox: who may finish it, what hostile callbacks get, and where a crash leaves it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.mailbox_consents import FakeConnectAttempts, FakeMailboxOwners
from tests.fakes.randomness import SeededRandomness
from tests.fakes.tenant_mail import FakeMailSettingsStore
from tests.fakes.time import VirtualClock
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import NotPossible, ProviderUnavailable, StorageUnavailable
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.tenant_mail.application.connect_mailbox import (
    BegunConnection,
    Change,
    ConnectedMailbox,
    ConnectMailbox,
    ConnectOver,
    OtherMailbox,
    ToConfirm,
)
from tocsin.tenant_mail.domain.mail_settings import MailSecrets, MailServerType, MailSettings
from tocsin.tenant_mail.domain.mailbox_consent import MailApp

ACME, RIVAL = TenantId("acme"), TenantId("rival")
CONSOLE = "https://console.example.org"
GMAIL, MS365 = MailServerType.GMAIL, MailServerType.MS365
DESK = "desk@example.org"


def person(id: str = "u1", tenant: TenantId = ACME, role: SystemRole = SystemRole.ADMIN) -> Principal:
    user = User(
        tenant=tenant, id=UserId(id), name=id, email=f"{id}@example.org", role=RoleId(role), created_at=VirtualClock()()
    )
    return Principal(tenant, Actor(ActorKind.USER, id, id), system_role(tenant, role), user=user)


OLIVIA, ADAM = person("olivia", role=SystemRole.OWNER), person("adam")
KEY = Principal(ACME, Actor(ActorKind.KEY, "k1", "a key"), system_role(ACME, SystemRole.ADMIN))


@dataclass
class Desk:
    """An account, its settings and the providers."""

    attempts: FakeConnectAttempts = field(default_factory=FakeConnectAttempts)
    settings: FakeMailSettingsStore = field(default_factory=FakeMailSettingsStore)
    consents: FakeMailboxOwners = field(default_factory=FakeMailboxOwners)
    clock: VirtualClock = field(default_factory=VirtualClock)
    randomness: SeededRandomness = field(default_factory=SeededRandomness)
    app: MailApp | None = field(default_factory=lambda: MailApp("operators", "secret"))
    wrote: list[Principal] = field(default_factory=list)
    dies_writing: bool = False

    @property
    def use(self) -> ConnectMailbox:
        return ConnectMailbox(
            attempts=self.attempts,
            settings=self.settings,
            servers=self.consents,
            write=self._write,
            operators_app=lambda type: self.app,
            clock=self.clock,
            randomness=self.randomness,
        )

    def begun(self, caller: Principal = OLIVIA, type: MailServerType = GMAIL, *, in_console: bool = True) -> str:
        return self.use.begin(caller, type, CONSOLE, in_console=in_console).page

    def consented(self, page: str, mailbox: str = DESK) -> tuple[str, str]:
        code, state = self.consents.visit(page, mailbox)
        return state, code

    @property
    def kept(self) -> MailSettings:
        return self.settings.get(ACME)

    def save(self, **fields: Any) -> None:
        before = self.kept
        assert self.settings.save(replace(before, version=before.version + 1, **fields), self.clock())

    def _write(self, caller: Principal, change: Change) -> None:
        if self.dies_writing:
            raise StorageUnavailable
        self.wrote.append(caller)
        before = self.settings.get(caller.tenant)
        after = change(before)
        if after != before:
            assert self.settings.save(replace(after, version=before.version + 1), self.clock())


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(("type", "name"), [(GMAIL, "google"), (MS365, "microsoft")])
def test_who_began_in_the_console_comes_back_and_the_mailbox_sends(desk: Desk, type: MailServerType, name: str) -> None:
    state, code = desk.consented(desk.begun(type=type))

    assert desk.use.came_back(name, state, code, OLIVIA) == ConnectedMailbox(DESK)

    assert (desk.kept.type, desk.kept.username, desk.kept.secrets.refresh_token) == (type, DESK, "refresh-1")
    assert desk.wrote == [OLIVIA]


def test_the_page_asks_for_the_chosen_mailbox_with_a_new_state_each_time(desk: Desk) -> None:
    desk.save(type=GMAIL, username=DESK)

    one, other = desk.begun(), desk.begun()

    assert "login_hint=desk%40example.org" in one
    assert one != other
    assert all(attempt.verifier not in one + other for attempt in desk.attempts.kept.values())
    assert isinstance(desk.use.begin(OLIVIA, GMAIL, CONSOLE, in_console=True), BegunConnection)


def test_an_app_of_the_accounts_own_goes_before_the_operators(desk: Desk) -> None:
    desk.save(type=GMAIL, client_id="our-own", secrets=MailSecrets(client_secret="s"))
    assert "client_id=our-own" in desk.begun()
    assert "client_id=operators" in desk.begun(type=MS365)
    desk.app = None
    with pytest.raises(NotPossible, match="client_id"):
        desk.begun(type=MS365)


@pytest.mark.parametrize(
    "visitor", [None, ADAM, person("olivia", RIVAL, SystemRole.OWNER)], ids=["nobody", "a colleague", "elsewhere"]
)
def test_a_browser_without_the_session_of_who_began_stores_nothing(desk: Desk, visitor: Principal | None) -> None:
    page = desk.begun()
    state, code = desk.consented(page)
    before = dict(desk.attempts.kept)

    with pytest.raises(ConnectOver):
        desk.use.came_back("google", state, code, visitor)

    assert desk.attempts.kept == before
    assert desk.kept == MailSettings(tenant=ACME)


def test_a_state_is_good_once(desk: Desk) -> None:
    state, code = desk.consented(desk.begun())
    desk.use.came_back("google", state, code, OLIVIA)
    first = desk.kept

    with pytest.raises(ConnectOver):
        desk.use.came_back("google", state, "another-code", OLIVIA)

    assert desk.kept == first


def test_a_state_is_good_for_ten_minutes(desk: Desk) -> None:
    state, code = desk.consented(desk.begun())
    desk.clock.advance(timedelta(minutes=10))
    with pytest.raises(ConnectOver):
        desk.use.came_back("google", state, code, OLIVIA)


@pytest.mark.parametrize(
    ("provider", "state"), [("microsoft", None), ("yahoo", None), ("google", "made-up"), ("google", "")]
)
def test_what_does_not_belong_together_stores_nothing(desk: Desk, provider: str, state: str | None) -> None:
    right, code = desk.consented(desk.begun())
    with pytest.raises(ConnectOver):
        desk.use.came_back(provider, right if state is None else state, code, OLIVIA)
    assert desk.kept == MailSettings(tenant=ACME)
    assert desk.use.came_back("google", right, code, OLIVIA) == ConnectedMailbox(DESK)  # it is not used up


def test_a_code_of_another_attempt_is_refused_and_ends_the_attempt(desk: Desk) -> None:
    # a stranger hands the person a code of the stranger's own mailbox
    _, strangers_code = desk.consented(desk.begun(person("mallory", RIVAL)), "mallory@example.org")
    state, code = desk.consented(desk.begun())

    with pytest.raises(ConnectOver):
        desk.use.came_back("google", state, strangers_code, OLIVIA)
    with pytest.raises(ConnectOver):
        desk.use.came_back("google", state, code, OLIVIA)

    assert desk.kept == MailSettings(tenant=ACME)


def test_who_cancels_at_the_provider_begins_anew(desk: Desk) -> None:
    state, code = desk.consented(desk.begun())
    for given in ("", code):
        with pytest.raises(ConnectOver):
            desk.use.came_back("google", state, given, OLIVIA)


def test_another_mailbox_than_the_chosen_one_is_said_and_not_stored(desk: Desk) -> None:
    desk.save(type=GMAIL, username="Desk@Example.org", secrets=MailSecrets(refresh_token="old"))
    state, code = desk.consented(desk.begun(), "private@example.org")

    answer = desk.use.came_back("google", state, code, OLIVIA)

    assert answer == OtherMailbox("private@example.org", "Desk@Example.org")
    assert desk.kept.secrets.refresh_token == "old"
    assert desk.use.came_back("google", *desk.consented(desk.begun()), OLIVIA) == ConnectedMailbox(DESK)


def test_a_password_of_another_server_is_forgotten(desk: Desk) -> None:
    desk.save(type=MailServerType.SMTP, server="smtp.example.org", username="apikey", secrets=MailSecrets(password="p"))
    desk.use.came_back("google", *desk.consented(desk.begun()), OLIVIA)
    assert (desk.kept.type, desk.kept.username, desk.kept.secrets.password) == (GMAIL, DESK, None)


def test_begun_by_api_it_waits_until_that_person_confirms(desk: Desk) -> None:
    state, code = desk.consented(desk.begun(in_console=False))
    # the mailbox may be another person's, who has no session here
    waits = desk.use.came_back("google", state, code, None)
    assert isinstance(waits, ToConfirm)
    assert desk.kept == MailSettings(tenant=ACME)
    for stranger in (ADAM, person("olivia", RIVAL, SystemRole.OWNER)):
        with pytest.raises(ConnectOver):
            desk.use.look(stranger, waits.id)

    assert desk.use.look(OLIVIA, waits.id).mailbox == DESK
    assert desk.use.look(OLIVIA, waits.id).mailbox == DESK  # the code was exchanged once
    assert desk.kept == MailSettings(tenant=ACME)

    assert desk.use.confirm(OLIVIA, waits.id) == ConnectedMailbox(DESK)
    assert desk.kept.secrets.refresh_token == "refresh-1"
    with pytest.raises(ConnectOver):
        desk.use.confirm(OLIVIA, waits.id)


def test_begun_by_api_it_waits_also_for_the_session_that_comes_back(desk: Desk) -> None:
    state, code = desk.consented(desk.begun(in_console=False))
    assert isinstance(desk.use.came_back("google", state, code, OLIVIA), ToConfirm)
    assert desk.kept == MailSettings(tenant=ACME)


def test_begun_by_a_key_any_owner_or_admin_confirms(desk: Desk) -> None:
    for confirms in (OLIVIA, ADAM):
        waits = desk.use.came_back("google", *desk.consented(desk.begun(KEY, in_console=False)), None)
        assert isinstance(waits, ToConfirm)
        for stranger in (person("u2", role=SystemRole.MANAGER), person("u3", RIVAL), KEY):
            with pytest.raises(ConnectOver):
                desk.use.confirm(stranger, waits.id)
        assert desk.use.confirm(confirms, waits.id) == ConnectedMailbox(DESK)


def test_what_waits_too_long_is_over(desk: Desk) -> None:
    waits = desk.use.came_back("google", *desk.consented(desk.begun(in_console=False)), None)
    assert isinstance(waits, ToConfirm)
    desk.clock.advance(timedelta(minutes=10))
    with pytest.raises(ConnectOver):
        desk.use.confirm(OLIVIA, waits.id)


def test_before_anything_came_back_there_is_nothing_to_confirm(desk: Desk) -> None:
    desk.begun(in_console=False)
    (id,) = desk.attempts.kept
    with pytest.raises(ConnectOver):
        desk.use.confirm(OLIVIA, id)


def test_a_provider_that_does_not_answer_stores_nothing_and_the_confirming_person_tries_again(desk: Desk) -> None:
    waits = desk.use.came_back("google", *desk.consented(desk.begun(in_console=False)), None)
    assert isinstance(waits, ToConfirm)
    desk.consents.failing = 1
    with pytest.raises(ProviderUnavailable):
        desk.use.look(OLIVIA, waits.id)
    assert desk.use.look(OLIVIA, waits.id).mailbox == DESK


def test_a_crash_between_the_exchange_and_the_settings_is_finished_by_a_repeat(desk: Desk) -> None:
    waits = desk.use.came_back("google", *desk.consented(desk.begun(in_console=False)), None)
    assert isinstance(waits, ToConfirm)
    desk.dies_writing = True
    with pytest.raises(StorageUnavailable):
        desk.use.confirm(OLIVIA, waits.id)
    desk.dies_writing = False

    assert desk.use.confirm(OLIVIA, waits.id) == ConnectedMailbox(DESK)
    assert desk.kept.secrets.refresh_token == "refresh-1"  # of the same, only exchange


def test_a_crash_between_the_exchange_and_its_row_asks_to_begin_anew(desk: Desk) -> None:
    waits = desk.use.came_back("google", *desk.consented(desk.begun(in_console=False)), None)
    assert isinstance(waits, ToConfirm)
    desk.consents.codes.clear()  # the exchange was done, and the process died before it wrote

    with pytest.raises(ConnectOver):
        desk.use.confirm(OLIVIA, waits.id)

    assert desk.kept == MailSettings(tenant=ACME)
    assert desk.use.came_back("google", *desk.consented(desk.begun()), OLIVIA) == ConnectedMailbox(DESK)


def test_a_crash_after_the_settings_and_before_the_end_stores_the_same_again(desk: Desk) -> None:
    waits = desk.use.came_back("google", *desk.consented(desk.begun(in_console=False)), None)
    assert isinstance(waits, ToConfirm)
    desk.use.look(OLIVIA, waits.id)
    standing = desk.attempts.kept[waits.id]
    desk.use.confirm(OLIVIA, waits.id)
    after = desk.kept
    desk.attempts.kept[waits.id] = standing  # the end was never written

    assert desk.use.confirm(OLIVIA, waits.id) == ConnectedMailbox(DESK)
    assert desk.kept == after
