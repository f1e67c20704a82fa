"""Composition of what people do with their own sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.directory.application.person_changes import WritePerson
from tocsin.identity.application.app_off import TurnAppOff
from tocsin.identity.application.open_session import OpenSession, ReadSession
from tocsin.identity.application.own_person import OwnPerson
from tocsin.identity.application.passwords import Passwords, RevokeTokens
from tocsin.identity.application.person_entries import PersonEntries
from tocsin.identity.application.refused_sign_ins import RecordRefusedSignIn
from tocsin.identity.application.sign_in import SignIn
from tocsin.identity.application.sign_in_states import SignInStates
from tocsin.identity.application.sign_in_throttle import SignInThrottle
from tocsin.identity.application.sign_out import OwnSessions
from tocsin.identity.domain.throttle import ThrottleSettings

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.provider import IdentityProvider


class SigningIn:
    """The use cases of the console's pages about sign-in.

    Attributes:
        sign_in: every step from the form to a session, step-up, setting up the authenticator app, another tenant.
        read_session: session and person behind a cookie.
        own_sessions: list, end, sign out, sign out everywhere.
        passwords: forgotten, reset, change.
        turn_app_off: ends the second factor.

    Args:
        revoke_tokens: ends all personal tokens of a subject.
    """

    def __init__(
        self,
        storage: Storage,
        provider: IdentityProvider,
        *,
        revoke_tokens: RevokeTokens,
        throttle: ThrottleSettings | None = None,
    ) -> None:
        people, clock, sealer, randomness = storage.directory, storage.clock, storage.sealer, storage.randomness
        trail, sessions, tenants = storage.audit_trail, storage.sessions, storage.tenants
        entries, changes = PersonEntries(randomness), WritePerson(people)
        throttled = SignInThrottle(storage.attempts, sealer, randomness, throttle or ThrottleSettings())
        refused = RecordRefusedSignIn(provider, people, storage.attempts, trail, entries)
        own = OwnPerson(provider, people, changes, sessions, trail, entries)
        open_session = OpenSession(sessions, people, changes, trail, entries, sealer, randomness)
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
        self.read_session = ReadSession(sessions, sealer, clock)
        self.own_sessions = OwnSessions(sessions, open_session, own, trail, entries, clock)
        self.passwords = Passwords(
            provider=provider,
            throttle=throttled,
            open=open_session,
            own=own,
            refused=refused,
            revoke_tokens=revoke_tokens,
            clock=clock,
        )
        self.turn_app_off = TurnAppOff(provider, people, tenants, own, clock)
