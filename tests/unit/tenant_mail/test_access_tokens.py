"""Access tokens: kept until 5 minutes before their end; a rotated grant is stored; a grant that is gone disconnects."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.contract.alert_path import ACME
from tests.fakes.tenant_mail import FakeMailSettingsStore, FakeTokenServers
from tests.fakes.time import NOON, VirtualClock
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.tenant_mail.application.access_tokens import MailboxTokens
from tocsin.tenant_mail.domain.mail_settings import MailSecrets, MailServerType, MailSettings
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, challenge_of, verifier_of
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerAnswer, ServerFault

OPERATOR = MailApp("tocsin", "s")
SETTINGS = MailSettings(
    tenant=ACME, type=MailServerType.GMAIL, username="desk@acme.example", secrets=MailSecrets(refresh_token="grant0"),
    version=1,
)  # fmt: skip
MINUTE = timedelta(minutes=1)


class World:
    """An account whose mailbox has consented."""

    def __init__(self, settings: MailSettings = SETTINGS, *, rotates: bool = False) -> None:
        self.clock = VirtualClock()
        self.store = FakeMailSettingsStore()
        self.store.save(settings, NOON)
        self.servers = FakeTokenServers("grant0", rotates=rotates)
        self.tokens = self.process()

    def process(self) -> MailboxTokens:
        return MailboxTokens(self.servers, self.store, lambda type: OPERATOR, self.clock)

    def token(self, refused: str | None = None) -> object:
        found = self.tokens.token(self.store.get(ACME), refused)
        if isinstance(found, ServerAnswer):
            assert isinstance(found.submission, Rejected)
            return (found.reason, found.submission.permanent, found.works)
        return found


def test_a_token_is_kept_until_five_minutes_before_its_end_unless_it_was_refused() -> None:
    world = World()
    assert [world.token(), world.token()] == ["a1", "a1"]
    world.clock.advance(54 * MINUTE)
    assert world.token() == "a1"
    world.clock.advance(MINUTE)
    assert world.token() == "a2"
    assert world.token(refused="a2") == "a3"
    assert world.token() == "a3"


def test_a_server_with_a_password_needs_no_token() -> None:
    assert World(replace(SETTINGS, type=MailServerType.SMTP, server="smtp.acme.example")).token() is None


def test_a_rotated_grant_is_stored_over_what_others_saved_meanwhile() -> None:
    world = World(rotates=True)
    stale = world.store.get(ACME)
    world.store.save(replace(stale, reply_to="desk@acme.example", version=2), NOON)
    assert world.tokens.token(stale) == "a1"
    kept = world.store.get(ACME)
    assert (kept.secrets.refresh_token, kept.reply_to, kept.version) == ("grant1", "desk@acme.example", 3)
    assert world.token() == "a1"
    assert world.process().token(kept) == "a2"  # another process


def test_a_mailbox_that_was_connected_anew_meanwhile_keeps_its_new_grant() -> None:
    world = World(rotates=True)
    stale = world.store.get(ACME)
    anew = replace(stale, secrets=MailSecrets(refresh_token="of another mailbox"), version=2)
    world.store.save(anew, NOON)
    assert world.tokens.token(stale) == "a1"
    assert world.store.get(ACME) == anew


def test_a_grant_that_another_process_rotated_is_no_end_of_the_consent() -> None:
    world = World(rotates=True)
    stale = world.store.get(ACME)
    world.process().token(stale)
    found = world.tokens.token(stale)
    assert isinstance(found, ServerAnswer)
    assert (found.reason, found.works) == ("unreachable", None)  # the next try has the new grant
    assert world.token() == "a2"


def test_without_consent_or_app_nothing_can_be_sent() -> None:
    gone = World()
    gone.servers.good.clear()
    assert gone.token() == ("not_connected", False, False)
    never = World(replace(SETTINGS, secrets=MailSecrets()))
    assert never.token() == ("not_connected", False, False)
    without_app = World()
    without_app.tokens = replace(without_app.tokens, operators_app=lambda type: None)
    assert without_app.token() == ("not_connected", False, False)


def test_an_accounts_own_app_is_used_before_the_operators() -> None:
    world = World(replace(SETTINGS, client_id="ours", secrets=replace(SETTINGS.secrets, client_secret="c")))
    world.token()
    assert world.servers.apps == [MailApp("ours", "c")]
    others = World()
    others.token()
    assert others.servers.apps == [OPERATOR]


def test_a_token_server_or_store_that_does_not_answer_delays_the_mail() -> None:
    world = World()
    world.servers.faults.append(ServerFault(MailReason.UNREACHABLE))
    assert world.token() == ("unreachable", False, False)

    def unread(type: MailServerType) -> MailApp:
        raise StorageUnavailable("no parameter")

    world.tokens = replace(world.tokens, operators_app=unread)
    assert world.token() == ("unreachable", False, None)


def test_pkce_has_the_example_of_its_standard() -> None:
    # RFC 7636, appendix B
    octets = bytes([
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186,
        22, 212, 37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ])  # fmt: skip
    assert verifier_of(octets) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier_of(octets)) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
