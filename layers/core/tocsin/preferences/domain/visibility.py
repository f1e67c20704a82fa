"""Which topics of the account a person may be told of: UP-8, UP-9, UP-13."""

from __future__ import annotations

from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings

_ADMINISTRATORS = frozenset({SystemRole.OWNER.value, SystemRole.ADMIN.value})


def is_administrator(user: User) -> bool:
    """Whether a person is an owner or an admin of the account. Who has a custom role never is."""
    return user.role in _ADMINISTRATORS


def topics_of(user: User) -> frozenset[AccountTopic]:
    """Return the topics that a person may see and switch; money only with the billing flag."""
    if not is_administrator(user):
        return frozenset()
    return frozenset(AccountTopic) if user.billing else frozenset(AccountTopic) - {AccountTopic.BILLING_WARNINGS}


def wants(settings: NotificationSettings, user: User, topic: AccountTopic) -> bool:
    """Whether a person is told of a topic now. A topic stays chosen while its person may not see it, without effect."""
    return topic in settings.topics and topic in topics_of(user)
