"""A new password: by a mailed code, or by the present password."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User
from tocsin.identity.ports.provider import IdentityProvider, Refused
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.open_session import OpenSession
from tocsin.sign_in.application.own_person import OwnPerson
from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn
from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
from tocsin.sign_in.domain.steps import Browser, Denial, Denied, Opened, canonical, code_digits, password_is_acceptable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Replaces passwords. A new one ends all other sessions and refuses access tokens issued before.

    Personal tokens survive a new password, unless the person asks for their end.
    """

    provider: IdentityProvider
    throttle: SignInThrottle
    open: OpenSession
    own: OwnPerson
    refused: RecordRefusedSignIn
    clock: Clock

    def forgot(self, email: str, browser: Browser) -> None:
        """Let the provider mail a code, if it knows the address and fewer than five mails went there within an hour.

        The caller learns nothing, whatever happens.
        """
        now, address = self.clock(), canonical(email)
        limits = self.throttle.settings.mails(self.throttle.visitor(address, Browser(browser.source)))
        if isinstance(self.throttle.attempt(limits, now, lambda: self.provider.forgot(address)), Denied):
            _log.info("reset_mail_throttled")

    def reset(
        self, email: str, code: str, password: str, browser: Browser, *, revoke_tokens: bool = True
    ) -> Denied | None:
        """Set a new password by the mailed code. None: done; sign in with it.

        Returns:
            Otherwise WEAK_PASSWORD, LOCKED or WRONG_CODE: wrong, too old, or of an unknown address.
        """
        if not password_is_acceptable(password):
            return Denied(Denial.WEAK_PASSWORD)
        now, address = self.clock(), canonical(email)
        limits = self.throttle.settings.one_time_codes(self.throttle.visitor(address, browser))
        refusal = self.throttle.attempt(limits, now, lambda: self.provider.reset(address, code_digits(code), password))
        if isinstance(refusal, Denied):
            return refusal
        # An address that never asked for a code has none that could be wrong; an unknown one must read the same.
        if refusal in (Refused.WRONG, Refused.DISABLED, Refused.EXPIRED):
            self.refused(address, browser, "code", now)
            return Denied(Denial.WRONG_CODE)
        self.throttle.give_back(limits, now)
        if refusal is not None:
            return Denied(*_MEANS[refusal])
        sub = self.provider.subject_of(address)
        if sub is not None:
            self.own.sign_out_everywhere(sub, "user.password_reset", browser, now)
            if revoke_tokens:
                self.own.delete_tokens(sub, browser, now)
        return None

    def change(
        self,
        session: Session,
        user: User,
        present: str,
        password: str,
        browser: Browser,
        *,
        revoke_tokens: bool = False,
    ) -> Opened | Denied:
        """Replace the password of a signed-in person.

        Returns:
            This session under a new id, or WEAK_PASSWORD, LOCKED or WRONG (the present password). If the provider
                itself finds the new password weak, which has no rules but length, the person signs in again.
        """
        if not password_is_acceptable(password):
            return Denied(Denial.WEAK_PASSWORD)
        now = self.clock()
        limits = self.throttle.settings.passwords(self.throttle.visitor(user.email, browser))
        answer = self.throttle.attempt(limits, now, lambda: self.provider.sign_in(user.email, present))
        if isinstance(answer, Denied):
            return answer
        if answer is Refused.OFTEN:
            self.throttle.give_back(limits, now)
            return Denied(Denial.LOCKED, 1)
        if isinstance(answer, Refused) or user.sub is None:
            self.refused(user.email, browser, "password", now)
            return Denied(Denial.WRONG)
        self.throttle.give_back(limits, now)
        # Sessions end first: if the function ends in between, the person signs in again, and no other session is left.
        opened = self.open.again(session, user, now, now)
        self.own.sign_out_everywhere(user.sub, "user.password_changed", browser, now, but=opened.session)
        refusal = self.provider.set_password(user.sub, password)
        if refusal is not None:
            self.own.end_sessions(user.sub)
            return Denied(*_MEANS[refusal])
        if revoke_tokens:
            self.own.delete_tokens(user.sub, browser, now)
        return opened


_MEANS: dict[Refused, tuple[Denial, int]] = {
    Refused.WRONG: (Denial.WRONG, 0),
    Refused.DISABLED: (Denial.WRONG, 0),
    Refused.EXPIRED: (Denial.EXPIRED, 0),
    Refused.WEAK_PASSWORD: (Denial.WEAK_PASSWORD, 0),
    Refused.OFTEN: (Denial.LOCKED, 1),
}
