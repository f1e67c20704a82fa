"""What every MailboxConsents promises: a consent belongs to one code, one verifier, one app and one address."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.tenant_mail.consents import CLIENT, CLIENT_SECRET
from infra.local.outside.tenant_mail.providers import MailProviders
from tests.fakes.mailbox_consents import FakeMailboxConsents
from tocsin.adapters.mail_consent.pages import MailConsentPages
from tocsin.adapters.outbound.connection import Outbound
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.tenant_mail.domain.connecting import MailApp, MailConsent
from tocsin.tenant_mail.domain.mail_settings import MailServerType
from tocsin.tenant_mail.ports import MailboxConsents

APP = MailApp(CLIENT, CLIENT_SECRET)
VERIFIER, STATE = "v" * 43, "s" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
BACK = "https://console.example.org/oauth/google/callback"
TYPES = [MailServerType.GMAIL, MailServerType.MS365]


@dataclass(frozen=True)
class Owner:
    """The owner of a mailbox in front of a page. `visit` returns the code and the state of the way back."""

    consents: MailboxConsents
    visit: Callable[[str, str], tuple[str, str]]

    def allows(self, type: MailServerType, mailbox: str = "desk@example.org") -> str:
        code, state = self.visit(self.consents.page(type, APP, STATE, CHALLENGE, BACK, mailbox), mailbox)
        assert state == STATE
        return code

    def redeemed(self, type: MailServerType, code: str, **other: Any) -> MailConsent | None:
        given: dict[str, Any] = {"app": APP, "verifier": VERIFIER, "redirect_uri": BACK, **other}
        return self.consents.exchange(type, code=code, **given)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailProviders]:
    providers = MailProviders(MailFolder(tmp_path_factory.mktemp("mail")))
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture(params=["fake", "pages"])
def owner(request: pytest.FixtureRequest, played: MailProviders, socket_enabled: None) -> Owner:
    if request.param == "fake":
        fake = FakeMailboxConsents()
        return Owner(fake, fake.visit)
    return Owner(MailConsentPages(Outbound(policy=EgressPolicy(loopback=True)), played.url), _clicked)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


def _clicked(page: str, mailbox: str) -> tuple[str, str]:
    button = urllib.request.Request(page, urlencode({"mailbox": mailbox}).encode())
    with pytest.raises(urllib.error.HTTPError) as sent_back:
        urllib.request.build_opener(_Stay).open(button, timeout=5)
    assert sent_back.value.code == 302
    back = parse_qs(urlsplit(sent_back.value.headers["Location"]).query)
    sent_back.value.close()
    return back["code"][0], back["state"][0]


@pytest.mark.parametrize("type", TYPES)
def test_a_code_gives_the_mailbox_that_consented_and_a_lasting_token(owner: Owner, type: MailServerType) -> None:
    consent = owner.redeemed(type, owner.allows(type))

    assert consent is not None
    assert consent.mailbox == "desk@example.org"
    assert consent.refresh_token
    assert consent.refresh_token not in repr(consent)


def test_a_code_is_good_once(owner: Owner) -> None:
    code = owner.allows(MailServerType.GMAIL)
    assert owner.redeemed(MailServerType.GMAIL, code)
    assert owner.redeemed(MailServerType.GMAIL, code) is None


@pytest.mark.parametrize(
    "other",
    [{"verifier": "w" * 43}, {"redirect_uri": "https://elsewhere.example.org/"}, {"app": MailApp("x", "y")}],
)
def test_a_code_is_good_for_who_began_alone(owner: Owner, other: dict[str, Any]) -> None:
    assert owner.redeemed(MailServerType.MS365, owner.allows(MailServerType.MS365), **other) is None


def test_a_made_up_code_gives_nothing(owner: Owner) -> None:
    assert owner.redeemed(MailServerType.GMAIL, "made-up") is None


def test_a_provider_that_does_not_answer_is_told_apart(socket_enabled: None) -> None:
    fake = FakeMailboxConsents()
    fake.failing = 1
    closed = MailConsentPages(Outbound(policy=EgressPolicy(loopback=True)), "http://127.0.0.1:1")
    for consents in (fake, closed):
        with pytest.raises(ProviderUnavailable):
            consents.exchange(MailServerType.GMAIL, APP, "code", VERIFIER, BACK)


def test_on_aws_the_pages_are_those_of_the_providers() -> None:
    page = urlsplit(MailConsentPages(Outbound()).page(MailServerType.GMAIL, APP, STATE, CHALLENGE, BACK, "a@b.example"))
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert (page.scheme, page.netloc) == ("https", "accounts.google.com")
    assert (asked["state"], asked["code_challenge"], asked["code_challenge_method"]) == (STATE, CHALLENGE, "S256")
    assert (asked["login_hint"], asked["access_type"]) == ("a@b.example", "offline")
    assert CLIENT_SECRET not in json.dumps(asked)
