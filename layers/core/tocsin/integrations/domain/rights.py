"""Who may subscribe whom to alerts of integrations: one table of the two roles, and the companies between them.

An account owner counts as an administrator. Custom roles and all other roles neither subscribe anybody nor receive.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert


class Party(StrEnum):
    """What a person is for these alerts."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    OTHER = "other"


class SubscribeRule(StrEnum):
    """What one party may do for another."""

    ALL = "all"  # any companies, those that are made later too
    SHARED = "shared"  # oneself, or a person with a company in common; companies of one's own only
    NEVER = "never"


class SubscribeRefusal(StrEnum):
    """Why a person may not be subscribed, as the API says it."""

    NOT_ELIGIBLE = "only owners, admins and managers who are not disabled receive alerts of integrations"
    ADMINISTRATOR = "only owners and admins manage the alerts of owners and admins"
    NO_SHARED_COMPANY = "this manager and you have no company in common"
    COMPANY_NOT_YOURS = "a company of this alert is not yours"
    NOT_ALLOWED = "only owners, admins and managers manage alerts of integrations"


MATRIX: Mapping[tuple[Party, Party], SubscribeRule] = {
    (Party.ADMINISTRATOR, Party.ADMINISTRATOR): SubscribeRule.ALL,
    (Party.ADMINISTRATOR, Party.MANAGER): SubscribeRule.ALL,
    (Party.MANAGER, Party.ADMINISTRATOR): SubscribeRule.NEVER,
    (Party.MANAGER, Party.MANAGER): SubscribeRule.SHARED,
}
"""By who acts and who receives. A pair that is not in it is never allowed."""

_PARTIES = {
    SystemRole.OWNER.value: Party.ADMINISTRATOR,
    SystemRole.ADMIN.value: Party.ADMINISTRATOR,
    SystemRole.MANAGER.value: Party.MANAGER,
}


def party_of(user: User) -> Party:
    """Return what a person is for these alerts."""
    return _PARTIES.get(user.role, Party.OTHER)


def may_receive(user: User) -> bool:
    """Whether a person gets such alerts now: not if disabled, nor if the mailbox's owner said "this is not me"."""
    return party_of(user) is not Party.OTHER and user.state is not UserState.DISABLED and user.not_me_at is None


def refusal(actor: User, target: User, companies: Companies) -> SubscribeRefusal | None:
    """Return why a person may not make, or have, such a subscription for another; None = they may.

    Args:
        companies: None = all of the target's.
    """
    if party_of(actor) is Party.OTHER:
        return SubscribeRefusal.NOT_ALLOWED
    if party_of(target) is Party.OTHER:
        return SubscribeRefusal.NOT_ELIGIBLE
    rule = MATRIX.get((party_of(actor), party_of(target)), SubscribeRule.NEVER)
    if rule is SubscribeRule.ALL:
        return None
    if rule is SubscribeRule.NEVER:
        return SubscribeRefusal.ADMINISTRATOR
    if actor.id != target.id and not actor.companies & target.companies:
        return SubscribeRefusal.NO_SHARED_COMPANY
    if not (target.companies if companies is None else companies) <= actor.companies:
        return SubscribeRefusal.COMPANY_NOT_YOURS
    return None


def refuses_deletion(actor: User, target: User, subscription: IntegrationAlert) -> SubscribeRefusal | None:
    """Return why a person may not delete a subscription; None = they may.

    One's own can always be deleted, and a manager deletes all companies of a manager with one in common.
    """
    if party_of(actor) is Party.OTHER:
        return SubscribeRefusal.NOT_ALLOWED
    if actor.id == target.id or party_of(actor) is Party.ADMINISTRATOR:
        return None
    return refusal(actor, target, frozenset() if subscription.companies is None else subscription.companies)


def may_see(actor: User, target: User) -> bool:
    """Whether a person sees the subscriptions of another."""
    return actor.id == target.id or refusal(actor, target, frozenset()) is None


def given_companies(actor: User, target: User, companies: Companies) -> Companies:
    """Return the companies of a new subscription: a manager gives another manager those that both have now."""
    if companies is None and party_of(actor) is Party.MANAGER and actor.id != target.id:
        return actor.companies & target.companies
    return companies
