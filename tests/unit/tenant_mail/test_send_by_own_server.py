"""Which server a mail of the account goes by, and what a server that does not work costs: events-rules-mail 4.1, 4.2."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import an_acceptance, email
from tests.fakes.providers import FakeEmailSender
from tests.fakes.sending_limits import FakeCounters
from tests.fakes.tenant_mail import FakeAccessTokens, FakeMailSettingsStore, FakeOwnServers, FakeRefusedMails
from tests.fakes.time import NOON, VirtualClock
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.channels import EmailChannel
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission, Waits
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.tenant_mail.application.send_by_own_server import MailRouting
from tocsin.tenant_mail.domain.mail_settings import (
    MailServerState,
    MailServerType,
    MailSettings,
    MailTransport,
    OnUnknown,
    ServerState,
)
from tocsin.tenant_mail.domain.refused_mail import without_address
from tocsin.tenant_mail.domain.server_answer import (
    MailReason,
    ServerAnswer,
    ServerFault,
    lost_answer,
    refused,
)

MINUTE = timedelta(minutes=1)
WORDS = {"subject": "Fire drill", "body": "At noon"}
BROKEN = refused(ServerFault(MailReason.AUTH_FAILED, "535 no"), ())
UNKNOWN_RECEIVER = refused(ServerFault(MailReason.REFUSED, "550 unknown", permanent=True, of_server=False), ())


class World:
    """An account and its mails."""

    def __init__(self, *answers: ServerAnswer, tokens: FakeAccessTokens | None = None, **settings: Any) -> None:
        self.clock = VirtualClock()
        self.store = FakeMailSettingsStore()
        self.servers = FakeOwnServers(*answers)
        self.api = FakeOwnServers(*answers)
        self.tokens = tokens or FakeAccessTokens()
        self.system = FakeEmailSender()
        self.system_mail = True
        self.refused = FakeRefusedMails()
        self.counters = FakeCounters()
        self.words: dict[str, str] = {}
        self.told: list[tuple[TenantId, OwnerNotification]] = []
        self.alert = replace(an_acceptance(email("ana@x.test", body="Hi")).alert, key_id=INSIDE)
        self.item = self.alert.items[0]
        if settings:
            self.store.save(MailSettings(tenant=self.alert.tenant, version=1, **settings), NOON)
        self.route_by(self.store)

    def route_by(self, store: FakeMailSettingsStore) -> None:
        routing = MailRouting(
            store=store,
            smtp=self.servers,
            api=self.api,
            tokens=self.tokens,
            system=self.system,
            system_allowed=lambda tenant: self.system_mail,
            mail_domain="t.example",
            mail_owner=lambda tenant, notification: self.told.append((tenant, notification)),
            refused=self.refused,
            counters=self.counters,
            clock=self.clock,
        )
        self.channel = EmailChannel(
            self.system, self.system, lambda content: MailTemplate.compile(content, "t.example"),
            lambda id: "r+token@t.example", routes=routing,
        )  # fmt: skip

    def send(self, *, key: ApiKeyId = INSIDE, attempt: int = 1, kind: CauseKind = CauseKind.TENANT_MAIL) -> Submission:
        alert, item = replace(self.alert, key_id=key, cause=Cause(kind, "p", "r", NOON)), self.item
        id = MessageId(next(alert.batches()).key, 0, attempt)
        return self.channel.load(alert, item).send(
            Recipient("ana@x.test", lookups=self.words), id, self.clock(), alert.send_before
        )

    def after(self, wait: timedelta) -> datetime:
        self.clock.advance(wait)
        return self.clock()

    @property
    def state(self) -> ServerState:
        return self.store.state(self.alert.tenant).state


OWN: dict[str, Any] = {"type": MailServerType.SMTP, "server": "smtp.acme.example", "username": "Alerts@acme.example"}


def test_pn_29_an_own_server_wins() -> None:
    world = World(**OWN, reply_to="desk@acme.example")
    assert isinstance(world.send(), Accepted)
    assert not world.system.calls
    ((user, to, id, token, mime),) = world.servers.sent
    assert (user, to, token) == (OWN["username"], "ana@x.test", None)
    assert id == f"{world.alert.tenant}.{world.alert.ref}.0.0.0@acme.example"
    for header in (f"Message-ID: <{id}>", "Reply-To: desk@acme.example", "X-Tocsin-Loop: t.example"):
        assert f"{header}\r\n".encode() in mime
    assert b"<Alerts@acme.example>\r\n" in mime or b"From: Alerts@acme.example\r\n" in mime
    assert world.state is ServerState.OK


def test_pn_29_without_an_own_server_the_systems_is_used_where_the_operator_allows_it() -> None:
    world = World(type=MailServerType.SMTP, server="", reply_to="desk@acme.example")
    assert isinstance(world.send(), Accepted)
    ((mail,),) = world.system.received.values()
    assert "Reply-To: desk@acme.example\r\n" in mail
    assert "@t.example" in mail.partition("\r\nSubject")[0]
    world.system_mail = False
    assert world.send() == Rejected("no_mail_server", permanent=True)
    assert World().send() is not None  # never saved


def test_what_clients_send_and_mails_to_owners_stay_with_the_system() -> None:
    world = World(**OWN)
    world.send(key=ApiKeyId("k1"))
    assert len(world.system.calls) == 1
    assert not world.servers.sent


def test_a_from_address_is_shown_in_place_of_a_user_name_that_is_none() -> None:
    world = World(**OWN | {"username": "apikey"}, from_address="news@acme.example")
    assert isinstance(world.send(), Accepted)
    assert b"news@acme.example" in world.servers.sent[0][4].partition(b"\r\nSubject")[0]
    without = World(**OWN | {"username": "apikey"})
    assert without.send() == Rejected("refused", permanent=True)
    assert not without.servers.sent


def test_both_tries_of_a_message_have_the_same_message_id() -> None:
    world = World(lost_answer(), **OWN)
    assert world.send() == OutcomeUnknown("connection_broken", reported_within=timedelta(0))
    world.send(attempt=2)
    first, second = (id for _, _, id, _, _ in world.servers.sent)
    assert first == second


def test_decided_4_9_a_test_whose_answer_is_lost_is_not_sent_again() -> None:
    outcome = World(lost_answer(), **OWN).send(kind=CauseKind.MAIL_TEST)
    assert isinstance(outcome, OutcomeUnknown)
    assert not outcome.resend


def test_a_lost_answer_is_not_sent_again_where_the_account_wants_silence() -> None:
    world = World(lost_answer(), **OWN, on_unknown=OnUnknown.SILENCE)
    outcome = world.send()
    assert isinstance(outcome, OutcomeUnknown)
    assert not outcome.resend


def test_pn_30_a_failing_server_is_tried_once_a_minute_for_the_whole_account() -> None:
    world = World(BROKEN, BROKEN, **OWN)
    assert world.send() == Rejected("auth_failed", permanent=False)
    world.after(MINUTE - timedelta(seconds=1))
    assert [world.send() for _ in range(3)] == [Rejected("auth_failed", permanent=False)] * 3
    assert len(world.servers.sent) == 1
    world.after(timedelta(seconds=1))
    world.send()
    world.send()
    assert len(world.servers.sent) == 2
    state = world.store.state(world.alert.tenant)
    assert (state.since, state.reason, state.said) == (NOON, "auth_failed", "535 no")
    world.after(MINUTE)
    assert isinstance(world.send(), Accepted)
    assert isinstance(world.send(), Accepted)
    assert world.state is ServerState.OK


class OtherWorkerFirst(FakeMailSettingsStore):
    """Another worker writes the state between our read and our write."""

    def save_state(self, tenant: TenantId, state: MailServerState) -> bool:
        super().save_state(tenant, state)
        return super().save_state(tenant, state)


def test_of_two_workers_in_a_minute_one_tries() -> None:
    world = World(BROKEN, **OWN)
    world.send()
    world.after(MINUTE)
    ours = OtherWorkerFirst()
    ours.kept, ours.states = world.store.kept, world.store.states
    world.store = ours
    world.route_by(ours)
    assert world.send() == Rejected("auth_failed", permanent=False)
    assert len(world.servers.sent) == 1


def test_a_test_mail_is_always_tried_and_its_success_closes_the_breaker() -> None:
    world = World(BROKEN, BROKEN, **OWN)
    world.send()
    world.send(kind=CauseKind.MAIL_TEST)
    assert len(world.servers.sent) == 2
    assert isinstance(world.send(kind=CauseKind.MAIL_TEST), Accepted)
    assert isinstance(world.send(), Accepted)


def test_the_owner_is_mailed_once_after_an_hour_and_again_for_the_next_failure() -> None:
    world = World(*[BROKEN] * 64, **OWN)
    for _ in range(60):
        world.send()
        world.after(MINUTE)
    assert not world.told
    world.send()
    world.after(MINUTE)
    world.send()
    ((tenant, notification),) = world.told
    assert tenant == world.alert.tenant
    assert "auth_failed" in notification.text
    assert notification.dated == NOON
    world.servers.answers.clear()
    world.after(MINUTE)
    assert isinstance(world.send(), Accepted)
    assert not world.store.state(tenant).told


def test_a_server_that_refuses_one_mail_works() -> None:
    world = World(UNKNOWN_RECEIVER, **OWN)
    assert world.send() == Rejected("refused", permanent=True)
    assert (world.state, world.store.state(world.alert.tenant).said) == (ServerState.OK, "550 unknown")
    assert isinstance(world.send(), Accepted)
    assert world.store.state(world.alert.tenant).said == ""


def test_without_the_store_the_mail_waits() -> None:
    world = World(**OWN)
    world.store.outage.failing = 1
    assert world.send() == Rejected("check_failed", permanent=False)
    assert not world.servers.sent


def test_a_token_that_the_server_refuses_is_asked_for_anew_once() -> None:
    world = World(BROKEN, tokens=FakeAccessTokens("old", "new"), type=MailServerType.GMAIL, username="a@acme.example")
    assert isinstance(world.send(), Accepted)
    assert [sent[3] for sent in world.api.sent] == ["old", "new"]
    assert world.tokens.refused == [None, "old"]


def test_a_mailbox_that_consented_sends_by_smtp_if_the_account_wants() -> None:
    world = World(
        tokens=FakeAccessTokens("tok"),
        type=MailServerType.MS365,
        username="a@acme.example",
        transport=MailTransport.SMTP,
    )
    assert isinstance(world.send(), Accepted)
    assert ([sent[3] for sent in world.servers.sent], world.api.sent) == (["tok"], [])


def test_without_the_consent_of_the_mailbox_nothing_is_tried_until_it_is_back() -> None:
    gone = refused(ServerFault(MailReason.NOT_CONNECTED), ())
    world = World(tokens=FakeAccessTokens(gone), type=MailServerType.GMAIL, username="a@acme.example")
    assert world.send() == Rejected("not_connected", permanent=False)
    assert world.state is ServerState.DISCONNECTED
    assert len(world.told) == 1
    world.after(timedelta(hours=2))
    assert world.send() == Rejected("not_connected", permanent=False)
    assert (len(world.told), world.api.sent, len(world.tokens.refused)) == (1, [], 1)


def test_pn_30_the_servers_words_about_a_mail_are_kept_without_the_address() -> None:
    said = "550 5.1.1 <Ana@x.test>: no mailbox ANA here, see x.test/ana-lysis"
    world = World(refused(ServerFault(MailReason.REFUSED, said, permanent=True, of_server=False), ()), **OWN)
    world.send()
    ((words, _),) = world.refused.words.values()
    assert words == "550 5.1.1 <•••>: no mailbox ••• here, see x.test/ana-lysis"
    assert not world.refused.alerts  # it is not tried again


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 RCPT TO:<ANA@X.TEST> no", "550 RCPT TO:<•••> no"),
        ("550 user=ana@x.test.", "550 •••"),
        ("451 greylisted, see https://x.test/?ana@x.te", "451 greylisted, see https://x.test/?ana@x.te"),
        ("550 no such user ana@x.t", "550 no such user •••"),
        ("550 'ana' is banana", "550 ••• is banana"),
        ("", ""),
    ],
)
def test_the_address_is_found_however_the_server_writes_it(said: str, kept: str) -> None:
    assert without_address(said, "Ana@x.test") == kept


def test_a_mail_that_waits_for_the_server_is_noted_though_it_was_not_tried() -> None:
    world = World(BROKEN, **OWN)
    world.send()
    world.refused.alerts.clear()
    world.refused.words.clear()
    world.send()
    assert [words for words, _ in world.refused.words.values()] == ["535 no"]
    assert [alert for _, alert in world.refused.alerts] == [world.alert.ref]


def test_a_mail_is_sent_or_waits_also_if_nothing_can_be_noted() -> None:
    world = World(BROKEN, **OWN)
    world.refused.outage.failing = 1
    assert world.send() == Rejected("auth_failed", permanent=False)


def test_a_test_mail_is_never_among_those_that_wait() -> None:
    world = World(BROKEN, **OWN)
    world.send(kind=CauseKind.MAIL_TEST)
    assert not world.refused.alerts


class SavedMeanwhile(FakeMailSettingsStore):
    """The settings are saved while a mail is sent by those from before."""

    def state(self, tenant: TenantId) -> MailServerState:
        standing = self.get(tenant)
        self.save(replace(standing, server="smtp.new.example", version=standing.version + 1), NOON)
        return super().state(tenant)


def test_a_failure_of_the_server_from_before_says_nothing_about_the_new_one() -> None:
    world = World(BROKEN, **OWN)
    ours = SavedMeanwhile()
    ours.kept = world.store.kept
    world.store = ours
    world.route_by(ours)
    assert world.send() == Rejected("auth_failed", permanent=False)
    assert not ours.states


MS365: dict[str, Any] = {"type": MailServerType.MS365, "username": "alerts@acme.example"}


def outcomes(world: World, mails: int) -> list[str]:
    """Return `sent`, or the second of the minute until which a mail waits, for each of some mails at once."""
    found = (world.send() for _ in range(mails))
    return [f"{each.until - NOON}" if isinstance(each, Waits) else "sent" for each in found]


def test_ms365_takes_thirty_mails_a_minute_and_what_is_over_waits_for_the_minutes_after() -> None:
    world = World(tokens=FakeAccessTokens(*["tok"] * 99), **MS365)
    assert outcomes(world, 70) == ["sent"] * 30 + ["0:01:00"] * 30 + ["0:02:00"] * 10
    assert isinstance(world.send(kind=CauseKind.MAIL_TEST), Accepted)  # a test is always tried
    world.after(MINUTE)
    assert outcomes(world, 31) == ["sent"] * 30 + ["0:02:00"]


def test_the_mails_of_a_minute_are_a_setting() -> None:
    assert outcomes(World(tokens=FakeAccessTokens(*["tok"] * 9), **MS365, mails_a_minute=2), 3)[-1] == "0:01:00"
    assert outcomes(World(**OWN, mails_a_minute=2), 3)[-1] == "0:01:00"
    assert outcomes(World(**OWN), 40) == ["sent"] * 40


def test_a_failing_server_uses_up_no_turn() -> None:
    world = World(BROKEN, **OWN, mails_a_minute=2)
    assert world.send() == Rejected("auth_failed", permanent=False)
    assert [world.send() for _ in range(9)] == [Rejected("auth_failed", permanent=False)] * 9


@pytest.mark.parametrize("settings", [OWN, {}], ids=["own server", "system"])
def test_each_receiver_gets_their_own_words_by_whatever_server(settings: dict[str, Any]) -> None:
    world = World(**settings)
    content, terms = (
        EmailContent("{subject}", "{body}", "text/plain; charset=utf-8"),
        LookupTerms("r", frozenset(WORDS)),
    )
    world.item = replace(world.item, content=content, lookups=terms)
    world.words = WORDS
    assert isinstance(world.send(), Accepted)
    mime = str(world.servers.sent[0][4] if settings else next(iter(world.system.received.values()))[0])
    assert "Subject: Fire drill" in mime
    assert "At noon" in mime
    assert "{" not in mime
