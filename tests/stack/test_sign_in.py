"""People sign in on the engine's user pool, against the deployed table; mails come by its mail server."""

from __future__ import annotations

import email.policy
import html
import http.client
import json
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from functools import partial
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from infra.local.api import Api
from tests.canaries import encodings
from tests.fakes.identity_provider import app_code
from tests.stack.stored_everywhere import everything
from tests.stack.system import System
from tocsin.adapters.cognito.provider import CognitoIdentityProvider
from tocsin.audit.ports import AuditQuery
from tocsin.bootstrap.people.company_sign_in import company_sign_in
from tocsin.bootstrap.signing_in import SigningIn
from tocsin.identity.domain.session import Proof
from tocsin.kernel.domain.ids import TenantId
from tocsin.sign_in.application.company_sign_in import CompanySignIn
from tocsin.sign_in.domain.steps import Asked, Browser, Denial, Denied, Opened, SignInStep

OWN, OTHER = "Zyzzyva-harbour-lamp", "Xylophone-harbour-lamp"
HOME = Browser("192.0.2.7", "Firefox on Windows")


@dataclass(frozen=True)
class AtTheEngine:
    """Managed login of the local engine."""

    managed_login_url: str
    token_issuer: str
    user_pool_id: str
    user_pool_client_id: str
    token_keys_url: str
    providers: Mapping[str, str] = field(default_factory=dict)
    open_egress: bool = True
    trusted_ca: str = ""


@pytest.fixture
def people(system: System) -> SigningIn:
    outputs = system.stack.outputs
    provider = CognitoIdentityProvider(
        system.aws.client("cognito-idp"), outputs["UserPoolId"], outputs["UserPoolClientId"]
    )
    return SigningIn(system.storage, provider)


@pytest.fixture
def company(system: System, people: SigningIn) -> CompanySignIn:
    outputs = system.stack.outputs
    made = company_sign_in(
        people,
        system.storage,
        AtTheEngine(
            managed_login_url=system.engine.url,
            token_issuer=f"https://cognito-idp.eu-west-2.amazonaws.com/{outputs['UserPoolId']}",
            user_pool_id=outputs["UserPoolId"],
            token_keys_url=f"{system.engine.url}/{outputs['UserPoolId']}/.well-known/jwks.json",
            user_pool_client_id=outputs["UserPoolClientId"],
        ),
    )
    assert made is not None
    return made(outputs["ConsoleUrl"].removesuffix("/console"))


@dataclass(frozen=True)
class Page:
    """What a browser without script gets, before it follows a redirect."""

    status: int
    headers: Message
    text: str


def called(method: str, url: str, body: str | None = None, **headers: str) -> Page:
    """Call a page by its whole address."""
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers)
        answer = connection.getresponse()
        return Page(answer.status, answer.headers, answer.read().decode())


def sent(url: str, form: Mapping[str, str]) -> Page:
    """Send a form."""
    return called("POST", url, urlencode(form), **{"Content-Type": "application/x-www-form-urlencoded"})


def mailed(system: System, mailbox: str, pattern: str) -> str:
    """Return what the newest mail says in the place of the pattern's group, once it is there."""

    def found() -> str:
        raw = system.outside.mails.newest(mailbox)
        body = BytesParser(policy=email.policy.default).parsebytes(raw).get_body(("plain",)) if raw else None
        hit = re.search(pattern, body.get_content(), re.MULTILINE) if body else None
        return hit[1] if hit else ""

    return system.awaited(found, bool, 60)


def invited(system: System, mailbox: str) -> str:
    """Let the operator make a person; returns the mailed password."""
    operate = ("user", "create", "--tenant", "acme", "--email", mailbox, "--name", "Ana", "--role", "account_owner")
    system.operator.run(*operate)
    return mailed(system, mailbox, r"^Password: (\S+)\r?$")


def signed_in(system: System, people: SigningIn, mailbox: str) -> Opened:
    """Make a person with the password OWN, and sign them in."""
    asked = people.sign_in.password(people.sign_in.begin(), mailbox, invited(system, mailbox), HOME)
    assert isinstance(asked, Asked)
    assert asked.step is SignInStep.NEW_PASSWORD
    opened = people.sign_in.new_password(asked.state, OWN, HOME)
    assert isinstance(opened, Opened)
    return opened


def test_a_person_signs_in_from_the_invitation_to_the_last_sign_out(lively: System, people: SigningIn) -> None:
    # given a person whom the operator has invited, and who has chosen a password
    (mailbox,) = lively.mailboxes(1)
    opened = signed_in(lively, people, mailbox)
    found = people.read_session(opened.cookie)
    assert found is not None
    assert found[1].email == mailbox
    attempt = partial(people.sign_in.password, people.sign_in.begin())
    assert attempt(mailbox, OTHER, HOME) == attempt("nobody@example.org", OTHER, HOME) == Denied(Denial.WRONG)

    # when the person sets up an authenticator app
    asked = people.sign_in.begin_app(opened.session, opened.user, OWN, HOME)
    assert isinstance(asked, Asked)
    assert people.sign_in.set_up_app(asked.state, "000000", HOME) == Denied(Denial.WRONG_CODE)
    with_app = people.sign_in.set_up_app(asked.state, app_code(asked.app_secret, datetime.now(UTC)), HOME)
    assert isinstance(with_app, Opened)
    assert people.read_session(opened.cookie) is None

    # then the password alone is not enough any more, and a wrong code is refused
    asked_code = attempt(mailbox, OWN, HOME)
    assert isinstance(asked_code, Asked)
    assert people.sign_in.code(asked_code.state, "000000", HOME) == Denied(Denial.WRONG_CODE)
    code = app_code(asked.app_secret, datetime.now(UTC))
    proved = people.sign_in.code(asked_code.state, code, HOME)
    assert isinstance(proved, Opened)
    assert proved.session.proof is Proof.MFA

    # and with the app off, a forgotten password is replaced by a mailed code, which ends all sessions
    assert people.turn_app_off(proved.session, proved.user, HOME) is None
    people.passwords.forgot(mailbox, HOME)
    reset = mailed(lively, mailbox, r"\b(\d{6})\b")
    assert people.passwords.reset(mailbox, "000000", OTHER, HOME) == Denied(Denial.WRONG_CODE)
    assert people.passwords.reset(mailbox, reset, OTHER, HOME) is None
    assert people.read_session(proved.cookie) is None
    assert attempt(mailbox, OWN, HOME) == Denied(Denial.WRONG)
    last = attempt(mailbox, OTHER, HOME)
    assert isinstance(last, Opened)
    people.own_sessions.sign_out(last.session, last.user, HOME)
    assert people.read_session(last.cookie) is None

    # and no password, code or secret lies anywhere in clear
    secrets = {
        "own password": OWN,
        "other password": OTHER,
        "session": proved.cookie.rpartition(".")[2],
        "known browser": proved.known.rpartition(".")[2],
        "app": asked.app_secret,
    }
    forms = {name: encodings(value) for name, value in secrets.items()}
    hits = {
        (name, place)
        for place, blob in everything(lively)
        for name, values in forms.items()
        if any(value in blob for value in values)
    }
    assert hits == set()


def test_the_audit_trail_tells_of_it(lively: System, people: SigningIn) -> None:
    (mailbox,) = lively.mailboxes(1)
    opened = signed_in(lively, people, mailbox)
    people.sign_in.password(people.sign_in.begin(), mailbox, OTHER, HOME)
    trail = lively.storage.audit_trail.read(
        TenantId("acme"), AuditQuery(thing=f"user:{opened.user.id}"), 20, None, datetime.now(UTC)
    )
    actions = [entry.action for entry in reversed(trail.entries)]
    assert actions[:2] == ["user.created", "user.invited"]
    assert sorted(actions[2:5]) == ["user.password_set", "user.signed_in", "user.updated"]
    assert actions[5:] == ["user.sign_in_refused"]


def test_managed_login_brings_a_person_back_once(lively: System, people: SigningIn, company: CompanySignIn) -> None:
    # given a person at the hosted page
    (mailbox,) = lively.mailboxes(1)
    signed_in(lively, people, mailbox)
    away = company.begin(mailbox, "/console/alerts")

    # when they give their password there
    page = urlsplit(away.page)
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert called("GET", away.page).status == 200
    there = sent(f"{page.scheme}://{page.netloc}/login", {**asked, "username": mailbox, "password": OWN})
    back = urlsplit(there.headers["Location"])
    assert back.geturl().startswith(f"{lively.stack.outputs['ConsoleUrl']}/signin/callback?")
    given = {name: values[0] for name, values in parse_qs(back.query).items()}

    # then they are in, in this browser and once
    other = company.begin(mailbox)
    assert company.finish(other.state, given["code"], given["state"], HOME) == Denied(Denial.COMPANY)
    opened = company.finish(away.state, given["code"], given["state"], HOME)
    assert isinstance(opened, Opened)
    assert (opened.session.proof, opened.next) == (Proof.COMPANY, "/console/alerts")
    assert company.finish(away.state, given["code"], given["state"], HOME) == Denied(Denial.COMPANY)


def test_the_sign_in_page_leads_to_managed_login_and_back_to_the_console(lively: System, people: SigningIn) -> None:
    # given a person with a password, and the button of the sign-in page
    (mailbox,) = lively.mailboxes(1)
    signed_in(lively, people, mailbox)
    console = lively.stack.outputs["ConsoleUrl"]
    form = called("GET", f"{console}/signin?next=me%2Faccounts")
    button = re.search(r'href="([^"]*signin/company[^"]*)"', form.text)
    assert button is not None
    away = called("GET", urljoin(f"{console}/signin", html.unescape(button[1])))

    # when the person gives their password at the page there
    page = urlsplit(away.headers["Location"])
    asked = {name: values[0] for name, values in parse_qs(page.query).items()}
    at_the_engine = f"{page.scheme}://{page.netloc}"
    there = sent(f"{at_the_engine}/login", {**asked, "username": mailbox, "password": OWN})
    back = there.headers["Location"]

    # then the callback, in the browser that went away, lets them in once
    assert called("GET", back).status == 422
    cookie = {"Cookie": away.headers["Set-Cookie"].partition(";")[0]}
    entered = called("GET", back, **cookie)
    assert (entered.status, entered.headers["Location"]) == (303, "../me/accounts")
    session = next(line for line in entered.headers.get_all("Set-Cookie", []) if line.startswith("tocsin="))
    assert called("GET", f"{console}/me/accounts", Cookie=session.partition(";")[0]).status == 200
    assert called("GET", back, **cookie).status == 422


def test_an_invitation_by_api_is_mailed_and_its_link_stops_all_mails_by_a_button(lively: System) -> None:
    # given an API key with the role of an administrator
    (mailbox,) = lively.mailboxes(1)
    words = ("--tenant", "acme", "--name", "directory", "--kind", "live", "--role", "admin")
    api = Api(lively.stack.api, lively.operator.run("key", "create", *words).strip())

    # when it adds and invites a person
    made = api.post("/users", {"email": mailbox, "name": "Ana", "invite": True})
    assert made.status == 201, made.body
    link = mailed(lively, mailbox, r"(http\S+/not-me\?token=\S+)")

    # then the link of the mail shows a page of the console, and only its button stops the mails
    assert link.startswith(f"{lively.stack.outputs['ConsoleUrl']}/not-me?")
    page = called("GET", link)
    assert (page.status, "Stop all mails" in page.text) == (200, True)
    assert sent(link.partition("?")[0], {"token": link.partition("token=")[2]}).status == 303
    assert "No more mails" in called("GET", link).text
    again = api.post(f"/users/{made.body['id']}/invite", {})
    assert (again.status, again.body["code"]) == (409, "WRONG_STATE")
    assert called("GET", link + "x").status == 404


def test_a_person_calls_the_api_by_every_kind_of_token(lively: System, people: SigningIn) -> None:
    # given a person of an account that takes passwords from programs
    (mailbox,) = lively.mailboxes(1)
    opened = signed_in(lively, people, mailbox)
    address, password = f"{lively.stack.api}/oauth/token", {"username": mailbox, "password": OWN}
    assert sent(address, {"grant_type": "password", **password}).status == 400
    lively.operator.run("tenant", "set", "--tenant", "acme", "--password-grant", "on")

    # when a program exchanges the password
    granted = json.loads(sent(address, {"grant_type": "password", **password}).text)
    renewed = json.loads(sent(address, {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}).text)
    lively.operator.run("tenant", "set", "--tenant", "acme", "--password-grant", "off")

    # then both access tokens let the person in, and one of them makes a personal token, which makes no other
    by_access, by_renewed = (Api(lively.stack.api, each["access_token"]) for each in (granted, renewed))
    assert [api.get("/users/me").body["email"] for api in (by_access, by_renewed)] == [mailbox, mailbox]
    made = by_access.post("/users/me/tokens", {"name": "Nightly backup"})
    assert made.status == 201, made.body
    by_token = Api(lively.stack.api, made.body["token"])
    assert by_token.get("/users/me").body["email"] == mailbox
    refused = by_token.post("/users/me/tokens", {"name": "another"})
    assert (refused.status, refused.body["code"]) == (403, "STEP_UP_REQUIRED")
    assert by_token.get("/alerts").status == 200

    # and after the end of all sessions the access tokens are over, and the personal token once it is deleted
    assert isinstance(people.own_sessions.sign_out_everywhere(opened.session, opened.user, HOME), Opened)
    assert [api.get("/users/me").status for api in (by_access, by_renewed)] == [401, 401]
    assert by_token.get("/users/me").status == 200
    assert by_token.delete(f"/users/me/tokens/{made.body['id']}").status == 204
    assert by_token.get("/users/me").status == 401
