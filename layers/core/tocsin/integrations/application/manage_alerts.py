"""Who is told when integrations fail: subscriptions that owners, admins and managers make for themselves and others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tocsin.audit.domain.entry import AuditEntry, Thing, changes
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.integrations.application.report_status import ROUNDS
from tocsin.integrations.domain.refusals import NotEligible
from tocsin.integrations.domain.rights import (
    Party,
    SubscribeRefusal,
    given_companies,
    may_receive,
    may_see,
    party_of,
    refusal,
    refuses_deletion,
)
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert
from tocsin.integrations.ports import AlertChange, IntegrationAlerts
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, NotFound, NotPossible, StaleWrite
from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness

MOST_ALERTS = 1_000
"""Of an account."""


class NoCandidate(StrEnum):
    """Why people of the account cannot be chosen; the values are words of the API."""

    ROLE = "role"  # only owners, admins and managers receive these alerts
    DISABLED = "disabled"  # the person is disabled, or the owner of the mailbox wants no mail
    ADMINISTRATOR = "administrator"  # only owners and admins choose owners and admins
    NO_SHARED_COMPANY = "no_shared_company"  # the manager has no company in common with who chooses


@dataclass(frozen=True, slots=True)
class SeenSubscription:
    """A subscription with its person.

    Attributes:
        editable, deletable: what the caller may do with it.
    """

    alert: IntegrationAlert
    user: User
    editable: bool = True
    deletable: bool = True


@dataclass(frozen=True, slots=True)
class Candidates:
    """Whom a caller may choose, by name, and how many people are missing for which reason."""

    people: Sequence[User]
    missing: Mapping[NoCandidate, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageIntegrationAlerts:
    """Subscriptions of the caller's account. Subscriptions of people whose role may not have any do not exist.

    Raises:
        Forbidden: the caller is neither owner, admin nor manager; or the subscription is of a person whom the caller
            may not subscribe. API keys manage none.
        NotFound: the account has no such subscription.
    """

    alerts: IntegrationAlerts
    directory: Directory
    clock: Clock
    randomness: Randomness

    def check_may_read(self, caller: Principal) -> User:
        """Return the person who calls. Raises Forbidden."""
        if caller.user is None or party_of(caller.user) is Party.OTHER:
            raise Forbidden(SubscribeRefusal.NOT_ALLOWED.value)
        return caller.user

    def check_may_change(self, caller: Principal) -> User:
        """Return the person who calls, and may make subscriptions. Raises Forbidden."""
        user = self.check_may_read(caller)
        if caller.read_only:
            raise Forbidden("this token reads only")
        return user

    def list(self, caller: Principal) -> Sequence[SeenSubscription]:
        """Return the subscriptions that the caller may see, by their ids."""
        actor = self.check_may_read(caller)
        people = self._people(caller.tenant)
        found = ((each, people.get(each.user)) for each in self.alerts.all(caller.tenant))
        return [
            _seen(actor, each, user)
            for each, user in found
            if user is not None and party_of(user) is not Party.OTHER and may_see(actor, user)
        ]

    def get(self, caller: Principal, id: str) -> SeenSubscription:
        """Return one subscription."""
        actor = self.check_may_read(caller)
        alert, user = self._found(caller.tenant, id)
        if not may_see(actor, user):
            raise Forbidden((refusal(actor, user, frozenset()) or SubscribeRefusal.NOT_ALLOWED).value)
        return _seen(actor, alert, user)

    def candidates(self, caller: Principal) -> Candidates:
        """Return whom the caller may choose."""
        actor = self.check_may_read(caller)
        people: list[User] = []
        missing: Counter[NoCandidate] = Counter()
        for user in self._people(caller.tenant).values():
            if (reason := _no_candidate(actor, user)) is None:
                people.append(user)
            else:
                missing[reason] += 1
        return Candidates(sorted(people, key=lambda user: (user.name.casefold(), user.id)), missing)

    def create(self, caller: Principal, user: str, companies: Companies, id: str | None = None) -> SeenSubscription:
        """Subscribe a person.

        Args:
            companies: None = all; for another manager, those that a manager who makes it has in common with them now.
            id: the same for every repeat of the call; a repeat gets what was created. None = a new one.

        Raises:
            InvalidRequest: there is no such person or company.
            NotEligible: the person's role receives no such alerts, or the person is disabled.
            AlreadyExists: the person has one with the same companies.
            NotPossible: the account has MOST_ALERTS.
        """
        actor = self.check_may_change(caller)
        if id is not None and (earlier := self.alerts.get(caller.tenant, id)) is not None:
            return self.get(caller, earlier.id)
        target = self._named(caller.tenant, user, companies)
        now = self.clock()
        made = IntegrationAlert(
            tenant=caller.tenant,
            id=id or time_ordered_uuid(now, self.randomness.token(10)).replace("-", ""),
            user=target.id,
            created_at=now,
            companies=given_companies(actor, target, companies),
            created_by=actor.id,
        )
        _check(actor, target, made.companies)
        if len(self.alerts.all(caller.tenant)) >= MOST_ALERTS:
            raise NotPossible(f"an account has at most {MOST_ALERTS} alerts of integrations")
        self.alerts.commit(AlertChange(None, made, self._entry(caller, None, made, "created")))
        return _seen(actor, made, target)

    def change(
        self, caller: Principal, id: str, change: Callable[[IntegrationAlert], tuple[str, Companies]]
    ) -> SeenSubscription:
        """Change person or companies of a subscription, judged as it was and as it will be.

        Args:
            change: returns the id of the person, and the companies. What it raises is raised. It may be called again.

        Raises:
            InvalidRequest, NotEligible, AlreadyExists: as for `create`.
            StaleWrite: the subscription kept changing.
        """
        actor = self.check_may_change(caller)
        for _ in range(ROUNDS):
            before, owner = self._found(caller.tenant, id)
            _check_touch(actor, owner, before)
            user, companies = change(before)
            target = self._named(caller.tenant, user, companies)
            scope = companies if before.scope == (target.id, companies) else given_companies(actor, target, companies)
            _check(actor, target, scope)
            after = replace(before, user=target.id, companies=scope)
            if after == before:
                return _seen(actor, before, target)
            after = replace(after, version=before.version + 1)
            try:
                self.alerts.commit(AlertChange(before, after, self._entry(caller, before, after, "updated")))
            except StaleWrite:
                continue
            return _seen(actor, after, target)
        raise StaleWrite("another call kept changing this alert of integrations")

    def delete(self, caller: Principal, id: str, check: Callable[[IntegrationAlert], None]) -> None:
        """Delete a subscription: no mail follows.

        Args:
            check: judges the subscription as it stands; what it raises is raised.

        Raises:
            StaleWrite: the subscription kept changing.
        """
        actor = self.check_may_change(caller)
        for _ in range(ROUNDS):
            before, owner = self._found(caller.tenant, id)
            if (refused := refuses_deletion(actor, owner, before)) is not None:
                raise Forbidden(refused.value)
            check(before)
            try:
                self.alerts.commit(AlertChange(before, None, self._entry(caller, before, None, "deleted")))
            except StaleWrite:
                continue
            return
        raise StaleWrite("another call kept changing this alert of integrations")

    def _found(self, tenant: TenantId, id: str) -> tuple[IntegrationAlert, User]:
        alert = self.alerts.get(tenant, id)
        user = None if alert is None else self.directory.get(tenant, Kind.USER, alert.user)
        if alert is None or not isinstance(user, User) or party_of(user) is Party.OTHER:
            raise NotFound("alert of integrations")
        return alert, user

    def _named(self, tenant: TenantId, user: str, companies: Companies) -> User:
        """Return the person. Raises InvalidRequest for a person or companies that are not there."""
        wanted = [(Kind.USER, user), *((Kind.COMPANY, str(each)) for each in sorted(companies or ()))]
        found = {(kind_of(each), each.id): each for each in self.directory.get_many(tenant, wanted)}
        target = found.get((Kind.USER, user))
        faults = []
        if not isinstance(target, User):
            faults.append(Fault("/user", "NO_SUCH_THING", "there is no such user", (user,)))
        if missing := tuple(each for each in sorted(companies or ()) if (Kind.COMPANY, each) not in found):
            faults.append(Fault("/companies", "NO_SUCH_THING", "there is no such company", missing))
        if faults:
            raise InvalidRequest(faults)
        assert isinstance(target, User)
        return target

    def _people(self, tenant: TenantId) -> dict[UserId, User]:
        return {each.id: each for each in self.directory.all(tenant, Kind.USER) if isinstance(each, User)}

    def _entry(
        self, caller: Principal, before: IntegrationAlert | None, after: IntegrationAlert | None, verb: str
    ) -> AuditEntry:
        thing = after or before
        assert thing is not None
        was, became = changes(*(_told(each) for each in (before, after)))
        return audit_entry(
            caller, f"integration_alert.{verb}", Thing("integration_alert", thing.id), was, became,
            at=self.clock(), randomness=self.randomness,
        )  # fmt: skip


def companies_told(companies: Companies) -> str | list[CompanyId]:
    """Return companies in words of the API."""
    return "all" if companies is None else sorted(companies)


def _told(alert: IntegrationAlert | None) -> dict[str, object]:
    return {} if alert is None else {"user": alert.user, "companies": companies_told(alert.companies)}


def _seen(actor: User, alert: IntegrationAlert, user: User) -> SeenSubscription:
    editable = refusal(actor, user, alert.companies) is None
    return SeenSubscription(alert, user, editable, refuses_deletion(actor, user, alert) is None)


def _no_candidate(actor: User, user: User) -> NoCandidate | None:
    match refusal(actor, user, frozenset()):
        case None:
            return None if may_receive(user) else NoCandidate.DISABLED
        case SubscribeRefusal.NOT_ELIGIBLE:
            return NoCandidate.ROLE
        case SubscribeRefusal.ADMINISTRATOR:
            return NoCandidate.ADMINISTRATOR
    return NoCandidate.NO_SHARED_COMPANY


def _check(actor: User, target: User, companies: Companies) -> None:
    """Raise Forbidden or NotEligible unless a person may give another such a subscription."""
    refused = refusal(actor, target, companies)
    if refused is SubscribeRefusal.NOT_ELIGIBLE or (refused is None and not may_receive(target)):
        raise NotEligible(SubscribeRefusal.NOT_ELIGIBLE.value)
    if refused is not None:
        raise Forbidden(refused.value)


def _check_touch(actor: User, owner: User, before: IntegrationAlert) -> None:
    if (refused := refusal(actor, owner, before.companies)) is not None:
        raise Forbidden(refused.value)
