"""Enter another account from within a session."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.audit.ports import AuditTrail
from tocsin.identity.domain.session import Proof, Session
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People, Sessions
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.open_session import OpenSession
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.steps import Browser, Denial, Denied, Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchAccount:
    """Opens a session in the other account and ends the present one.

    The new session has a new id. It is as old as the present one, and so is its proof: switching proves nothing anew.
    """

    people: People
    tenants: TenantRepository
    sessions: Sessions
    open: OpenSession
    trail: AuditTrail
    entries: PersonEntries
    clock: Clock

    def __call__(self, session: Session, user: User, tenant: TenantId, browser: Browser) -> Opened | Denied:
        """Switch.

        Returns:
            The new session, or why the present one stays: NOT_A_MEMBER; EXPIRED, because all sign-ins in that account
                that are as old as this one were ended; or REQUIRED: the account asks for a code of an authenticator
                app, and this session began without.

        Raises:
            StorageUnavailable: repeat the call.
        """
        members = [] if user.sub is None else self.people.memberships(user.sub)
        member = next((m for m in members if m.tenant == tenant and m.state is UserState.ACTIVE), None)
        account = None if member is None else self.tenants.get(tenant)
        if member is None or account is None:
            return Denied(Denial.NOT_A_MEMBER)
        if member.signed_out_at is not None and session.created_at < member.signed_out_at:
            return Denied(Denial.EXPIRED)
        if account.mfa_required and session.proof is Proof.PASSWORD:
            return Denied(Denial.REQUIRED)
        now = self.clock()
        opened = self.open(member, session.proof, browser, now, carried=session)
        self.trail.record([self.entries(user, "user.signed_out", now, browser)])
        self.sessions.end(session.tenant, session.user, session.id)
        return opened
