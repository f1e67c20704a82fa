"""What becomes of subscriptions when people and companies change.

disabled             kept, and nothing is sent          role that may not receive   gone, for ever
admin to manager     cut to the manager's companies     company or person deleted   without it, or gone
"""

from __future__ import annotations

from tocsin.identity.domain.user import User
from tocsin.integrations.domain.rights import Party, party_of
from tocsin.integrations.domain.subscription import IntegrationAlert


def after_change(subscription: IntegrationAlert, before: User | None, after: User | None) -> IntegrationAlert | None:
    """Return a subscription as it is after its person changed, itself if nothing changes; None = it is dropped.

    Args:
        before: None = the person was not there, or as if: what stands of a former role never comes back.
        after: None = the person is deleted.
    """
    if before is None or after is None or Party.OTHER in (party_of(before), party_of(after)):
        return None
    if party_of(before) is Party.ADMINISTRATOR and party_of(after) is Party.MANAGER:
        return subscription.cut(after.companies)
    return subscription


def concerns(before: User | None, after: User | None) -> bool:
    """Whether a change of a person may concern subscriptions: the party is another, or the person is gone."""
    was, becomes = (Party.OTHER if person is None else party_of(person) for person in (before, after))
    return after is None or was is not becomes
