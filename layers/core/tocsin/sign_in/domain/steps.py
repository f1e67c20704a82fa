"""A sign-in in steps: what is asked, what the short cookie remembers meanwhile, and how it can end.

address, password ─┬─► session
                   ├─► code of the app ─────┬─► tenant, if several ─► session
                   ├─► own password ────────┤
                   └─► set up the app ──────┘
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.identity.domain.session import Proof, Session
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import TenantId

STATE_KEPT = timedelta(minutes=10)
"""How long a begun sign-in can be finished."""

LEAST_PASSWORD, MOST_PASSWORD = 12, 256
"""Characters of a password; there are no rules of composition."""


class SignInStep(StrEnum):
    """What the sign-in waits for; each is a page of its own or a part of one."""

    PASSWORD = "password"  # noqa: S105 - the form with address and password
    CODE = "code"
    NEW_PASSWORD = "new_password"  # noqa: S105
    MFA_SETUP = "mfa_setup"
    TENANT = "tenant"
    COMPANY = "company"  # the browser is at managed login


class Denial(StrEnum):
    """Why a step was refused."""

    WRONG = "wrong"  # address or password; also that of a disabled person
    WRONG_CODE = "wrong_code"
    EXPIRED = "expired"  # the attempt is over: begin again
    WEAK_PASSWORD = "weak_password"  # noqa: S105
    LOCKED = "locked"  # try again in some minutes
    NOT_A_MEMBER = "not_a_member"  # proved, but in no tenant: ask your administrator
    HAS_APP = "has_app"  # an authenticator app is set up already
    NEEDS_PROOF = "needs_proof"  # the last proof is too old: step up first
    REQUIRED = "required"  # a tenant of this person requires the app
    COMPANY = "company"  # managed login refused, or its answer is not for this browser


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from.

    Attributes:
        source: IP address.
        device: browser and system in words, for example "Firefox on Windows".
        known: value of the cookie of a year; "" = there is none.
        request_id: the gateway's id of the call.
    """

    source: str
    device: str = ""
    known: str = field(default="", repr=False)
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInState:
    """What the short cookie remembers of a begun sign-in. It is sealed, and holds secrets of the attempt.

    Attributes:
        email: as given, in canonical form; "" before the first step.
        secret: the provider's state of a challenge; its access token while the app is set
            up; the seed at managed login.
        app_secret: of the authenticator app that is being set up (base32).
        sub: subject of a person who has proved who they are.
        stepping_up: name `<tenant>.<user>.<id>` of the session that asked for a new proof.
        next: path below the console to return to.
    """

    step: SignInStep
    ends_at: datetime
    email: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    app_secret: str = field(default="", repr=False)
    sub: str = ""
    proof: Proof = Proof.PASSWORD
    tenant: str = ""
    stepping_up: str = ""
    next: str = ""

    @property
    def issued_at(self) -> datetime:
        """When the step before was done."""
        return self.ends_at - STATE_KEPT


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session.

    Attributes:
        cookie: value of the session's cookie.
        known: value of the cookie of a year, by which this browser is known.
        next: path to go to; "" = the first page.
    """

    session: Session
    user: User
    cookie: str = field(repr=False)
    known: str = field(default="", repr=False)
    next: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The sign-in waits for something.

    Attributes:
        state: new value of the short cookie.
        tenants: id and name of those to choose from.
        app_secret, app_uri, app_code: secret of the app (base32), its `otpauth:` URI, and that as a QR code in SVG.
    """

    step: SignInStep
    state: str = field(repr=False)
    tenants: tuple[tuple[TenantId, str], ...] = ()
    app_secret: str = field(default="", repr=False)
    app_uri: str = field(default="", repr=False)
    app_code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """The step was refused. `minutes` to wait, for LOCKED. The short cookie stays as it is."""

    reason: Denial
    minutes: int = 0


SignInAnswer = Opened | Asked | Denied
"""What a step of a sign-in comes to."""


@dataclass(frozen=True, slots=True)
class Memberships:
    """Which tenants a person may enter.

    Attributes:
        open: persons to enter as.
        becomes_active: the one of them who enters for the first time; the others were active before.
        only_disabled: there are memberships, and each of them is disabled.
    """

    open: tuple[User, ...]
    becomes_active: User | None = None
    only_disabled: bool = False


def enterable(people: list[User]) -> Memberships:
    """Return which of a subject's memberships count.

    An invitation by a second tenant counts only after its person, signed in, has accepted it. The first membership of
    all is accepted by signing in: its first password went to that person's mailbox.
    """
    active = tuple(user for user in people if user.state is UserState.ACTIVE)
    if active:
        return Memberships(active)
    invited = sorted((u for u in people if u.state is UserState.INVITED), key=lambda u: (u.created_at, u.tenant))
    if invited:
        return Memberships((invited[0],), invited[0])
    return Memberships((), only_disabled=bool(people))


def password_is_acceptable(password: str) -> bool:
    """Whether a password has the length, and no space at its ends (Cognito takes none there)."""
    return LEAST_PASSWORD <= len(password) <= MOST_PASSWORD and password == password.strip()


def canonical(email: str) -> str:
    """Return the address in its canonical form; what is no address stays as it is: no person has it."""
    try:
        return parse_email(email.strip())
    except InvalidEmail:
        return email.strip()[:254]


def code_digits(code: str) -> str:
    """Return a code as people type it, without its spaces."""
    return "".join(code.split())[:12]


_NEXT = re.compile(r"/console(?:/[A-Za-z0-9_.~%-]*)*(?:\?[A-Za-z0-9_.~%&=+-]*)?")


def safe_next(path: str) -> str:
    """Return the path if it is one below the console, else "". No other host and no dots in a row pass."""
    return path if len(path) <= 512 and _NEXT.fullmatch(path) and ".." not in path and "//" not in path else ""
