"""Sign in, in steps: each returns a session, what is asked next, or why not. The picture is in `domain/steps.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.identity.domain.session import Proof, Session
from tocsin.identity.domain.user import User
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People, Sessions
from tocsin.identity.ports.provider import Challenge, ChallengeKind, IdentityProvider, Refused, SignedIn
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.open_session import OpenSession
from tocsin.sign_in.application.own_person import OwnPerson
from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn
from tocsin.sign_in.application.sign_in_states import SignInStates
from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
from tocsin.sign_in.domain.authenticator import app_code, app_uri
from tocsin.sign_in.domain.steps import (
    Asked,
    Browser,
    Denial,
    Denied,
    SignInAnswer,
    SignInState,
    SignInStep,
    canonical,
    code_digits,
    enterable,
    password_is_acceptable,
    safe_next,
)
from tocsin.sign_in.domain.throttle import Limit, SignInVisitor


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt: who tries, and the counts that it was taken from.

    Attributes:
        since: when the first proof of this sign-in was given.
    """

    visitor: SignInVisitor
    limits: Sequence[Limit]
    browser: Browser
    now: datetime
    since: datetime

    def is_void_for(self, user: User) -> bool:
        """Whether all sign-ins of the person were ended meanwhile, for example by a new password."""
        return user.signed_out_at is not None and self.since < user.signed_out_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The steps of a sign-in. Every method may raise StorageUnavailable or ProviderUnavailable: repeat the step."""

    provider: IdentityProvider
    people: People
    tenants: TenantRepository
    sessions: Sessions
    throttle: SignInThrottle
    states: SignInStates
    open: OpenSession
    own: OwnPerson
    refused: RecordRefusedSignIn
    clock: Clock

    def begin(self, next: str = "") -> str:
        """Return the short cookie of the form with address and password. `next` is dropped unless it is ours."""
        now = self.clock()
        return self.states.issue(SignInState(step=SignInStep.PASSWORD, ends_at=now, next=safe_next(next)), now)

    def password(self, cookie: str, email: str, password: str, browser: Browser) -> SignInAnswer:
        """Check address and password."""
        now = self.clock()
        state = self.states.read(cookie, now, SignInStep.PASSWORD)
        if state is None:
            return Denied(Denial.EXPIRED)
        return self._password(replace(state, email=canonical(email)), password, browser, now)

    def prove(self, session: Session, user: User, password: str, browser: Browser, next: str = "") -> SignInAnswer:
        """SignInStep-up: check the password of a signed-in person again, and their code if they have an app.

        The session gets a new id and begins anew.
        """
        now = self.clock()
        name = f"{session.tenant}.{session.user}.{session.id}"
        state = SignInState(
            step=SignInStep.PASSWORD, ends_at=now, email=user.email, stepping_up=name, next=safe_next(next)
        )
        return self._password(state, password, browser, now)

    def code(self, cookie: str, code: str, browser: Browser) -> SignInAnswer:
        """Check the code of the authenticator app."""
        now = self.clock()
        state = self.states.read(cookie, now, SignInStep.CODE)
        if state is None:
            return Denied(Denial.EXPIRED)
        visitor = self.throttle.visitor(state.email, browser)
        tried = _Try(visitor, self.throttle.settings.one_time_codes(visitor), browser, now, state.issued_at)
        answer = self.throttle.attempt(
            tried.limits,
            now,
            lambda: self.provider.answer(Challenge(ChallengeKind.CODE, state.secret), state.email, code_digits(code)),
        )
        if isinstance(answer, Denied):
            return answer
        return self._answered(answer, state, tried, Denial.WRONG_CODE, Proof.MFA)

    def new_password(self, cookie: str, password: str, browser: Browser) -> SignInAnswer:
        """Replace the first password by one of the person's own."""
        now = self.clock()
        state = self.states.read(cookie, now, SignInStep.NEW_PASSWORD)
        if state is None:
            return Denied(Denial.EXPIRED)
        if not password_is_acceptable(password):
            return Denied(Denial.WEAK_PASSWORD)
        tried = _Try(self.throttle.visitor(state.email, browser), (), browser, now, state.issued_at)
        asked = Challenge(ChallengeKind.NEW_PASSWORD, state.secret)
        answer = self.provider.answer(asked, state.email, password)
        if answer is Refused.WEAK_PASSWORD:
            return Denied(Denial.WEAK_PASSWORD)
        if isinstance(answer, SignedIn):
            self.own.note(answer.sub, "user.password_set", browser, now)
        return self._answered(answer, state, tried, Denial.EXPIRED, Proof.PASSWORD)

    def set_up_app(self, cookie: str, code: str, browser: Browser) -> SignInAnswer:
        """Turn the second factor on by the first code of the app; then the person is in."""
        now = self.clock()
        state = self.states.read(cookie, now, SignInStep.MFA_SETUP)
        if state is None:
            return Denied(Denial.EXPIRED)
        visitor = self.throttle.visitor(state.email, browser)
        tried = _Try(visitor, self.throttle.settings.one_time_codes(visitor), browser, now, state.issued_at)
        refused = self.throttle.attempt(
            tried.limits, now, lambda: self.provider.confirm_mfa(state.secret, code_digits(code))
        )
        if isinstance(refused, Denied):
            return refused
        if refused is not None:
            return Denied(Denial.WRONG_CODE if refused is Refused.WRONG else Denial.EXPIRED)
        self.throttle.give_back(tried.limits, now)
        self.own.set_mfa(state.sub, browser, now, on=True)
        return self._chosen(replace(state, proof=Proof.MFA), tried)

    def choose(self, cookie: str, tenant: TenantId, browser: Browser) -> SignInAnswer:
        """Enter one of the person's tenants."""
        now = self.clock()
        state = self.states.read(cookie, now, SignInStep.TENANT)
        if state is None:
            return Denied(Denial.EXPIRED)
        tried = _Try(self.throttle.visitor(state.email, browser), (), browser, now, state.issued_at)
        return self._chosen(replace(state, tenant=tenant), tried)

    def begin_app(self, session: Session, user: User, password: str, browser: Browser) -> SignInAnswer:
        """Set up the authenticator app from within a session: the password is asked again.

        Returns:
            Asked with the app's secret, or why not. A person who has an app turns that off first.
        """
        now = self.clock()
        visitor = self.throttle.visitor(user.email, browser)
        tried = _Try(visitor, self.throttle.settings.passwords(visitor), browser, now, now)
        answer = self.throttle.attempt(tried.limits, now, lambda: self.provider.sign_in(user.email, password))
        if isinstance(answer, Denied):
            return answer
        if isinstance(answer, Refused):
            return self._refused(answer, user.email, tried, Denial.WRONG)
        self.throttle.give_back(tried.limits, now)
        if isinstance(answer, Challenge):
            return Denied(Denial.HAS_APP)
        state = SignInState(
            step=SignInStep.MFA_SETUP,
            ends_at=now,
            email=user.email,
            sub=answer.sub,
            stepping_up=f"{session.tenant}.{session.user}.{session.id}",
        )
        return self._app_asked(replace(state, secret=answer.access_token), now)

    def proved_elsewhere(self, sub: str, email: str, state: SignInState, browser: Browser) -> SignInAnswer:
        """Let in whom managed login has proved."""
        now = self.clock()
        tried = _Try(self.throttle.visitor(email, browser), (), browser, now, now)
        return self._proved(SignedIn(sub, ""), replace(state, email=email), tried, Proof.COMPANY)

    def _password(self, state: SignInState, password: str, browser: Browser, now: datetime) -> SignInAnswer:
        visitor = self.throttle.visitor(state.email, browser)
        tried = _Try(visitor, self.throttle.settings.passwords(visitor), browser, now, now)
        answer = self.throttle.attempt(tried.limits, now, lambda: self.provider.sign_in(state.email, password))
        if isinstance(answer, Denied):
            return answer
        return self._answered(answer, state, tried, Denial.WRONG, Proof.PASSWORD)

    def _answered(
        self, answer: SignedIn | Challenge | Refused, state: SignInState, tried: _Try, wrong: Denial, proof: Proof
    ) -> SignInAnswer:
        if isinstance(answer, SignedIn):
            return self._proved(answer, state, tried, proof)
        if isinstance(answer, Challenge):
            self.throttle.give_back(tried.limits, tried.now)
            step = SignInStep.CODE if answer.kind is ChallengeKind.CODE else SignInStep.NEW_PASSWORD
            return Asked(step, self.states.issue(replace(state, step=step, secret=answer.state), tried.now))
        return self._refused(answer, state.email, tried, wrong)

    def _refused(self, answer: Refused, email: str, tried: _Try, wrong: Denial) -> Denied:
        if answer is Refused.OFTEN:
            self.throttle.give_back(tried.limits, tried.now)
            return Denied(Denial.LOCKED, 1)
        if answer is Refused.EXPIRED and wrong is not Denial.WRONG:
            self.throttle.give_back(tried.limits, tried.now)
            return Denied(Denial.EXPIRED)
        # Disabled, and a first password that is too old, read like a wrong password.
        reason = "code" if wrong is Denial.WRONG_CODE else "password"
        self.refused(email, tried.browser, reason, tried.now)
        return Denied(Denial.WRONG if answer is Refused.DISABLED else wrong)

    def _proved(self, signed_in: SignedIn, state: SignInState, tried: _Try, proof: Proof) -> SignInAnswer:
        members = enterable(list(self.people.memberships(signed_in.sub)))
        if members.only_disabled:
            return self._refused(Refused.DISABLED, state.email, tried, Denial.WRONG)
        self.throttle.give_back(tried.limits, tried.now)
        if not members.open:
            return Denied(Denial.NOT_A_MEMBER)
        if any(tried.is_void_for(user) for user in members.open):
            return Denied(Denial.EXPIRED)
        state = replace(state, sub=signed_in.sub, secret=signed_in.access_token, proof=proof, app_secret="")
        if state.stepping_up or len(members.open) == 1:
            return self._chosen(replace(state, tenant=members.open[0].tenant), tried)
        names = {user.tenant: self.tenants.get(user.tenant) for user in members.open}
        choice = tuple((tenant, found.name) for tenant, found in names.items() if found is not None)
        if not any(found.mfa_required for found in names.values() if found is not None):
            state = replace(state, secret="")
        return Asked(SignInStep.TENANT, self.states.issue(replace(state, step=SignInStep.TENANT), tried.now), choice)

    def _chosen(self, state: SignInState, tried: _Try) -> SignInAnswer:
        if state.stepping_up:
            return self._proved_again(state, tried)
        members = enterable(list(self.people.memberships(state.sub)))
        user = next((user for user in members.open if user.tenant == state.tenant), None)
        tenant = None if user is None else self.tenants.get(user.tenant)
        if user is None or tenant is None:
            return Denied(Denial.NOT_A_MEMBER)
        if tried.is_void_for(user):
            return Denied(Denial.EXPIRED)
        if tenant.mfa_required and state.proof is Proof.PASSWORD:
            return self._app_asked(state, tried.now) if state.secret else Denied(Denial.EXPIRED)
        opened = self.open(user, state.proof, tried.browser, tried.now)
        self.throttle.finished(tried.visitor)
        return replace(opened, known=self.throttle.known_browser(state.email, tried.browser), next=state.next)

    def _proved_again(self, state: SignInState, tried: _Try) -> SignInAnswer:
        tenant, user_id, session_id = state.stepping_up.split(".")
        found = self.sessions.find(TenantId(tenant), UserId(user_id), session_id)
        if found is None or not found[0].admits(found[1], tried.now) or found[1].sub != state.sub:
            return Denied(Denial.EXPIRED)
        session, user = found
        self.throttle.finished(tried.visitor)
        opened = self.open.again(replace(session, proof=state.proof), user, tried.now, tried.now)
        return replace(opened, next=state.next)

    def _app_asked(self, state: SignInState, now: datetime) -> Asked:
        secret = self.provider.begin_mfa(state.secret)
        uri = app_uri(state.email, secret)
        cookie = self.states.issue(replace(state, step=SignInStep.MFA_SETUP, app_secret=secret), now)
        return Asked(SignInStep.MFA_SETUP, cookie, (), secret, uri, app_code(uri))
