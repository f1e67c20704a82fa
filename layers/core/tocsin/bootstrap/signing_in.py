"""Composition of what people do with their own sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.alerts.application.mail_person import MailPerson
from tocsin.directory.application.person_changes import WritePerson
from tocsin.sign_in.application.app_off import TurnAppOff
from tocsin.sign_in.application.invite import Invitations, InvitePerson
from tocsin.sign_in.application.open_session import OpenSession, ReadSession
from tocsin.sign_in.application.own_person import OwnPerson
from tocsin.sign_in.application.passwords import Passwords
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn
from tocsin.sign_in.application.resume import ResumeSignIn
from tocsin.sign_in.application.sign_in import SignIn
from tocsin.sign_in.application.sign_in_states import SignInStates
from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
from tocsin.sign_in.application.sign_out import OwnSessions
from tocsin.sign_in.domain.throttle import ThrottleSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.provider import IdentityProvider
    from tocsin.sign_in.application.company_sign_in import CompanySignIn


def invite_person(storage: Storage, queues: Queues, provider: IdentityProvider, console: str) -> InvitePerson:
    """Return the use case that invites a person by mail. It needs the urgent email queue.

    Args:
        console: address of the console, for example `https://console.example.org/console`.
    """
    return InvitePerson(
        provider=provider,
        changes=WritePerson(storage.directory),
        tenants=storage.tenants,
        attempts=storage.attempts,
        mail=MailPerson(storage.alerts, queues.dispatch, storage.clock),
        randomness=storage.randomness,
        clock=storage.clock,
        console=console,
    )


def company_sign_in(
    signing_in: SigningIn,
    storage: Storage,
    *,
    domain: str,
    issuer: str,
    keys_url: str,
    client_id: str,
    console: str,
    providers: Mapping[str, str],
    open_egress: bool = False,
) -> CompanySignIn:
    """Return the use case for company accounts and passkeys.

    Args:
        domain: address of the pages of managed login, without a trailing slash.
        issuer, keys_url: what tokens name, and where their keys are; on the local engine these two differ.
        console: address that the callbacks of the client begin with, for example `https://console.example.org`.
        providers: name of the identity provider of each company's mail domain.
        open_egress: allow the pages to be on this machine, by plain http; on the local engine only.
    """
    from tocsin.adapters.cognito.http import PoolPages
    from tocsin.adapters.cognito.managed_login import CognitoManagedLogin
    from tocsin.adapters.cognito.tokens import PoolKeys, PoolTokens
    from tocsin.adapters.outbound.connection import Outbound
    from tocsin.egress.domain.url_policy import EgressPolicy
    from tocsin.sign_in.application.company_sign_in import CompanySignIn

    pages = PoolPages(Outbound(policy=EgressPolicy(loopback=open_egress)))
    tokens = PoolTokens(
        keys=PoolKeys(pages, keys_url, storage.clock), issuer=issuer, client_id=client_id, clock=storage.clock
    )
    return CompanySignIn(
        login=CognitoManagedLogin(pages=pages, tokens=tokens, domain=domain, client_id=client_id, console=console),
        sign_in=signing_in.sign_in,
        states=signing_in.states,
        randomness=storage.randomness,
        clock=storage.clock,
        providers=providers,
    )


class SigningIn:
    """The use cases of the console's pages about sign-in.

    Attributes:
        sign_in: every step from the form to a session, step-up, setting up the authenticator app, another tenant.
        resume: what a begun sign-in waits for, from the short cookie.
        read_session: session and person behind a cookie.
        own_sessions: list, end, sign out, sign out everywhere.
        passwords: forgotten, reset, change.
        turn_app_off: ends the second factor.
        invitations: those by other tenants that wait for the person, and their acceptance.

    """

    def __init__(
        self, storage: Storage, provider: IdentityProvider, *, throttle: ThrottleSettings | None = None
    ) -> None:
        people, clock, sealer, randomness = storage.directory, storage.clock, storage.sealer, storage.randomness
        trail, sessions, tenants = storage.audit_trail, storage.sessions, storage.tenants
        entries, changes = PersonEntries(randomness), WritePerson(people)
        throttled = SignInThrottle(
            attempts=storage.attempts, sealer=sealer, randomness=randomness, settings=throttle or ThrottleSettings()
        )
        refused = RecordRefusedSignIn(
            provider=provider, people=people, attempts=storage.attempts, trail=trail, entries=entries
        )
        own = OwnPerson(
            provider=provider,
            people=people,
            changes=changes,
            sessions=sessions,
            tokens=storage.personal_tokens,
            trail=trail,
            entries=entries,
        )
        open_session = OpenSession(
            sessions=sessions,
            people=people,
            changes=changes,
            trail=trail,
            entries=entries,
            sealer=sealer,
            randomness=randomness,
        )
        self.states = SignInStates(sealer)
        self.sign_in = SignIn(
            provider=provider,
            people=people,
            tenants=tenants,
            sessions=sessions,
            throttle=throttled,
            states=self.states,
            open=open_session,
            own=own,
            refused=refused,
            clock=clock,
        )
        self.resume = ResumeSignIn(states=self.states, people=people, tenants=tenants, clock=clock)
        self.read_session = ReadSession(sessions, sealer, clock)
        self.own_sessions = OwnSessions(
            sessions=sessions, open=open_session, own=own, trail=trail, entries=entries, clock=clock
        )
        self.passwords = Passwords(
            provider=provider,
            throttle=throttled,
            open=open_session,
            own=own,
            refused=refused,
            clock=clock,
        )
        self.invitations = Invitations(people=people, changes=changes, tenants=tenants, entries=entries, clock=clock)
        self.turn_app_off = TurnAppOff(provider=provider, people=people, tenants=tenants, own=own, clock=clock)
