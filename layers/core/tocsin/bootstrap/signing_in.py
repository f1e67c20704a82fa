"""Composition of what people do with their own sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tocsin.bootstrap.authenticating import PoolSettings, pool_pages, pool_tokens
from tocsin.directory.application.person_changes import WritePerson
from tocsin.sign_in.application.app_off import TurnAppOff
from tocsin.sign_in.application.invite import InvitePerson
from tocsin.sign_in.application.not_me import NotMe
from tocsin.sign_in.application.open_session import OpenSession, ReadSession
from tocsin.sign_in.application.own_accounts import OwnAccounts
from tocsin.sign_in.application.own_address import OwnAddress
from tocsin.sign_in.application.own_person import OwnPerson
from tocsin.sign_in.application.password_grant import PasswordGrant
from tocsin.sign_in.application.passwords import Passwords
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.application.person_links import PersonLinks
from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn
from tocsin.sign_in.application.resume import ResumeSignIn
from tocsin.sign_in.application.sign_in import SignIn
from tocsin.sign_in.application.sign_in_states import SignInStates
from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
from tocsin.sign_in.application.sign_out import OwnSessions
from tocsin.sign_in.application.switch_account import SwitchAccount
from tocsin.sign_in.application.tell_person import TellPerson
from tocsin.sign_in.domain.throttle import ThrottleSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.provider import IdentityProvider
    from tocsin.sign_in.application.company_sign_in import CompanySignIn
    from tocsin.sign_in.domain.personal_mail import PersonalMail
    from tocsin.sign_in.ports.system_mail import SystemMail


def system_mail(storage: Storage, queues: Queues) -> SystemMail:
    """Return what mails one person about their sign-in. It needs the urgent email queue."""
    return _LateMail(storage, queues)


class _LateMail:
    """Mails as `MailPerson` does, which is imported with the first mail: most requests send none."""

    def __init__(self, storage: Storage, queues: Queues) -> None:
        self._storage, self._queues = storage, queues

    def send(self, mail: PersonalMail) -> None:
        """Accept a mail for sending, as `SystemMail` says."""
        from tocsin.alerts.application.mail_person import MailPerson

        MailPerson(self._storage.alerts, self._queues.dispatch, self._storage.clock).send(mail)


def invite_person(storage: Storage, provider: IdentityProvider, mail: SystemMail) -> InvitePerson:
    """Return the use case that invites a person by mail."""
    return InvitePerson(
        provider=provider,
        changes=WritePerson(storage.directory),
        tenants=storage.tenants,
        attempts=storage.attempts,
        mail=mail,
        links=PersonLinks(storage.sealer),
        randomness=storage.randomness,
        clock=storage.clock,
    )


def own_address(storage: Storage, provider: IdentityProvider, mail: SystemMail) -> OwnAddress:
    """Return the use case by which people change the address of their own sign-in."""
    return OwnAddress(
        provider=provider,
        people=storage.directory,
        changes=WritePerson(storage.directory),
        tenants=storage.tenants,
        attempts=storage.attempts,
        mail=mail,
        tell=TellPerson(storage.tenants, mail, storage.clock),
        links=PersonLinks(storage.sealer),
        entries=PersonEntries(storage.randomness),
        clock=storage.clock,
    )


class ManagedLoginSettings(PoolSettings, Protocol):
    """Where managed login is.

    Attributes:
        managed_login_url: address of its pages, without a trailing slash; "" = there is none.
        providers: name of the identity provider of each company's mail domain.
    """

    @property
    def managed_login_url(self) -> str: ...  # noqa: D102

    @property
    def providers(self) -> Mapping[str, str]: ...  # noqa: D102


def company_sign_in(
    signing_in: SigningIn, storage: Storage, settings: ManagedLoginSettings
) -> Callable[[str], CompanySignIn] | None:
    """Return the use case for company accounts and passkeys, by the address of the console; None = no managed login.

    That address is what the callbacks of the client begin with, for example `https://console.example.org`.
    """
    if not settings.managed_login_url:
        return None
    from tocsin.adapters.cognito.managed_login import CognitoManagedLogin
    from tocsin.sign_in.application.company_sign_in import CompanySignIn

    client, pages = settings.user_pool_client_id, pool_pages(settings)
    tokens = pool_tokens(settings, pages, storage.real_clock)

    def at(console: str) -> CompanySignIn:
        return CompanySignIn(
            login=CognitoManagedLogin(
                pages=pages, tokens=tokens, domain=settings.managed_login_url, client_id=client, console=console
            ),
            sign_in=signing_in.sign_in,
            states=signing_in.states,
            randomness=storage.randomness,
            clock=storage.real_clock,
            providers=settings.providers,
        )

    return at


class SigningIn:
    """The use cases of the console's pages about sign-in.

    Attributes:
        sign_in: every step from the form to a session, step-up, setting up the authenticator app.
        resume: what a begun sign-in waits for, from the short cookie.
        read_session: session and person behind a cookie.
        own_sessions: list, end, sign out, sign out everywhere.
        passwords: forgotten, reset, change.
        not_me: stops all notices to a person who should not have been invited.
        password_grant: access tokens for programs, by password or refresh token.
        turn_app_off: ends the second factor.
        accounts: a person's memberships, and those that wait for acceptance.
        switch: another account from within a session.

    """

    def __init__(
        self, storage: Storage, provider: IdentityProvider, *, throttle: ThrottleSettings | None = None
    ) -> None:
        people, clock, sealer, randomness = storage.directory, storage.real_clock, storage.sealer, storage.randomness
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
        self.accounts = OwnAccounts(
            people=people, changes=changes, tenants=tenants, entries=entries, clock=storage.clock
        )
        self.switch = SwitchAccount(
            people=people,
            tenants=tenants,
            sessions=sessions,
            open=open_session,
            trail=trail,
            entries=entries,
            clock=clock,
        )
        self.not_me = NotMe(
            people=people,
            changes=changes,
            tenants=tenants,
            links=PersonLinks(sealer),
            entries=entries,
            clock=storage.clock,
        )
        self.password_grant = PasswordGrant(
            provider=provider,
            people=people,
            tenants=tenants,
            throttle=throttled,
            refused=refused,
            trail=trail,
            entries=entries,
            clock=clock,
        )
        self.turn_app_off = TurnAppOff(provider=provider, people=people, tenants=tenants, own=own, clock=clock)
