"""Composition of what people do with their own sign-in.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.directory.application.person_changes import WritePerson
    from tocsin.identity.ports.provider import IdentityProvider
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
    from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn
    from tocsin.sign_in.application.resume import ResumeSignIn
    from tocsin.sign_in.application.sign_in import SignIn
    from tocsin.sign_in.application.sign_in_states import SignInStates
    from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
    from tocsin.sign_in.application.sign_out import OwnSessions
    from tocsin.sign_in.application.switch_account import SwitchAccount
    from tocsin.sign_in.domain.throttle import ThrottleSettings
    from tocsin.sign_in.ports.system_mail import SystemMail


def invite_person(storage: Storage, provider: IdentityProvider, mail: SystemMail) -> InvitePerson:
    """Return the use case that invites a person by mail."""
    from tocsin.directory.application.person_changes import WritePerson
    from tocsin.sign_in.application.invite import InvitePerson
    from tocsin.sign_in.application.person_links import PersonLinks

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
    from tocsin.directory.application.person_changes import WritePerson
    from tocsin.sign_in.application.own_address import OwnAddress
    from tocsin.sign_in.application.person_entries import PersonEntries
    from tocsin.sign_in.application.person_links import PersonLinks
    from tocsin.sign_in.application.tell_person import TellPerson

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


class SigningIn:
    """The use cases of the console's pages about sign-in."""

    def __init__(
        self, storage: Storage, provider: IdentityProvider, *, throttle: ThrottleSettings | None = None
    ) -> None:
        self._storage, self._provider, self._settings = storage, provider, throttle

    @cached_property
    def states(self) -> SignInStates:
        """What the short cookie of a begun sign-in says."""
        from tocsin.sign_in.application.sign_in_states import SignInStates

        return SignInStates(self._storage.sealer)

    @cached_property
    def sign_in(self) -> SignIn:
        """Every step from the form to a session, step-up, setting up the authenticator app."""
        from tocsin.sign_in.application.sign_in import SignIn

        return SignIn(
            provider=self._provider,
            people=self._storage.directory,
            tenants=self._storage.tenants,
            sessions=self._storage.sessions,
            throttle=self._throttled,
            states=self.states,
            open=self._open_session,
            own=self._own,
            refused=self._refused,
            clock=self._storage.real_clock,
        )

    @cached_property
    def resume(self) -> ResumeSignIn:
        """What a begun sign-in waits for, from the short cookie."""
        from tocsin.sign_in.application.resume import ResumeSignIn

        storage = self._storage
        return ResumeSignIn(
            states=self.states, people=storage.directory, tenants=storage.tenants, clock=storage.real_clock
        )

    @cached_property
    def read_session(self) -> ReadSession:
        """Session and person behind a cookie."""
        from tocsin.sign_in.application.open_session import ReadSession

        return ReadSession(self._storage.sessions, self._storage.sealer, self._storage.real_clock)

    @cached_property
    def own_sessions(self) -> OwnSessions:
        """List, end, sign out, sign out everywhere."""
        from tocsin.sign_in.application.sign_out import OwnSessions

        return OwnSessions(
            sessions=self._storage.sessions,
            open=self._open_session,
            own=self._own,
            trail=self._storage.audit_trail,
            entries=self._entries,
            clock=self._storage.real_clock,
        )

    @cached_property
    def passwords(self) -> Passwords:
        """Forgotten, reset, change."""
        from tocsin.sign_in.application.passwords import Passwords

        return Passwords(
            provider=self._provider,
            throttle=self._throttled,
            open=self._open_session,
            own=self._own,
            refused=self._refused,
            clock=self._storage.real_clock,
        )

    @cached_property
    def accounts(self) -> OwnAccounts:
        """A person's memberships, and those that wait for acceptance."""
        from tocsin.sign_in.application.own_accounts import OwnAccounts

        return OwnAccounts(
            people=self._storage.directory,
            changes=self._changes,
            tenants=self._storage.tenants,
            entries=self._entries,
            clock=self._storage.clock,
        )

    @cached_property
    def switch(self) -> SwitchAccount:
        """Another account from within a session."""
        from tocsin.sign_in.application.switch_account import SwitchAccount

        return SwitchAccount(
            people=self._storage.directory,
            tenants=self._storage.tenants,
            sessions=self._storage.sessions,
            open=self._open_session,
            trail=self._storage.audit_trail,
            entries=self._entries,
            clock=self._storage.real_clock,
        )

    @cached_property
    def not_me(self) -> NotMe:
        """Stops all notices to a person who should not have been invited."""
        from tocsin.sign_in.application.not_me import NotMe
        from tocsin.sign_in.application.person_links import PersonLinks

        return NotMe(
            people=self._storage.directory,
            changes=self._changes,
            tenants=self._storage.tenants,
            links=PersonLinks(self._storage.sealer),
            entries=self._entries,
            clock=self._storage.clock,
        )

    @cached_property
    def password_grant(self) -> PasswordGrant:
        """Access tokens for programs, by password or refresh token."""
        from tocsin.sign_in.application.password_grant import PasswordGrant

        return PasswordGrant(
            provider=self._provider,
            people=self._storage.directory,
            tenants=self._storage.tenants,
            throttle=self._throttled,
            refused=self._refused,
            trail=self._storage.audit_trail,
            entries=self._entries,
            clock=self._storage.real_clock,
        )

    @cached_property
    def turn_app_off(self) -> TurnAppOff:
        """Ends the second factor."""
        from tocsin.sign_in.application.app_off import TurnAppOff

        return TurnAppOff(
            provider=self._provider,
            people=self._storage.directory,
            tenants=self._storage.tenants,
            own=self._own,
            clock=self._storage.real_clock,
        )

    @cached_property
    def _entries(self) -> PersonEntries:
        from tocsin.sign_in.application.person_entries import PersonEntries

        return PersonEntries(self._storage.randomness)

    @cached_property
    def _changes(self) -> WritePerson:
        from tocsin.directory.application.person_changes import WritePerson

        return WritePerson(self._storage.directory)

    @cached_property
    def _throttled(self) -> SignInThrottle:
        from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
        from tocsin.sign_in.domain.throttle import ThrottleSettings

        storage = self._storage
        return SignInThrottle(
            attempts=storage.attempts,
            sealer=storage.sealer,
            randomness=storage.randomness,
            settings=self._settings or ThrottleSettings(),
        )

    @cached_property
    def _refused(self) -> RecordRefusedSignIn:
        from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn

        return RecordRefusedSignIn(
            provider=self._provider,
            people=self._storage.directory,
            attempts=self._storage.attempts,
            trail=self._storage.audit_trail,
            entries=self._entries,
        )

    @cached_property
    def _own(self) -> OwnPerson:
        from tocsin.sign_in.application.own_person import OwnPerson

        return OwnPerson(
            provider=self._provider,
            people=self._storage.directory,
            changes=self._changes,
            sessions=self._storage.sessions,
            tokens=self._storage.personal_tokens,
            trail=self._storage.audit_trail,
            entries=self._entries,
        )

    @cached_property
    def _open_session(self) -> OpenSession:
        from tocsin.sign_in.application.open_session import OpenSession

        storage = self._storage
        return OpenSession(
            sessions=storage.sessions,
            people=storage.directory,
            changes=self._changes,
            trail=storage.audit_trail,
            entries=self._entries,
            sealer=storage.sealer,
            randomness=storage.randomness,
        )
