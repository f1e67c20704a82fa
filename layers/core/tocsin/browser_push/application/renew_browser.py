"""Follow a browser whose push service has given it another subscription. Its person need not be signed in then."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace

from tocsin.browser_push.application.own_browsers import NewBrowser, faults_of
from tocsin.browser_push.ports import PushSubscriptions
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.kernel.domain.ids import TenantId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerBrowser:
    """What a browser knows of the subscription that is over.

    Attributes:
        endpoint: it was a secret of the browser, its push service and us.
        auth: it was a secret of the browser and us. So a push service cannot read what is pushed by renewing itself.
    """

    tenant: TenantId
    user: UserId
    endpoint: str = field(repr=False)
    auth: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RenewBrowser:
    """Puts the new subscription in the place of the former one, with its name and whether it shows details.

    Attributes:
        policy: where pushes may go.
    """

    subscriptions: PushSubscriptions
    policy: EgressPolicy

    def __call__(self, former: FormerBrowser, new: NewBrowser) -> None:
        """Replace the subscription. Safe to repeat. `new`: its `details` and `device` do not count.

        Raises:
            NotFound: the person has no such browser, or the secret is another.
            InvalidRequest: endpoint or keys are wrong.
        """
        there = self.subscriptions.of(former.tenant, [former.user]).get(former.user, ())
        if any(each.endpoint == new.endpoint and hmac.compare_digest(each.auth, new.auth) for each in there):
            return
        found = next((each for each in there if each.endpoint == former.endpoint), None)
        if found is None or not hmac.compare_digest(found.auth, former.auth):
            raise NotFound("push subscription")
        if faults := faults_of(new, self.policy):
            raise InvalidRequest(faults)
        after = replace(found, endpoint=new.endpoint, public_key=new.public_key, auth=new.auth)
        if not self.subscriptions.replace(found, after):
            raise NotFound("push subscription")
