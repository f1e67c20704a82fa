"""The browsers of the caller that are pushed to: add, list, remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin.browser_push.domain.encryption import AUTH_BYTES, is_point
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.ports import PushSubscriptions
from tocsin.egress.domain.callback_url import url_faults
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.personal_notices.application.own_inbox import check_may_change, person_of

DEVICE_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBrowser:
    """What a browser tells of its subscription; `public_key` and `auth` as they are, not as text."""

    endpoint: str
    public_key: bytes
    auth: bytes
    details: bool = False
    device: str = ""


@dataclass(frozen=True, slots=True)
class OwnBrowsers:
    """Browsers of the caller, who is a person. Every method raises Forbidden for an API key.

    Attributes:
        key_of: returns the public key of an account, for `applicationServerKey`.
        policy: where pushes may go.
    """

    subscriptions: PushSubscriptions
    key_of: Callable[[TenantId], bytes]
    policy: EgressPolicy
    clock: Clock

    def key(self, caller: Principal) -> bytes:
        """Return the public key under which the account pushes."""
        return self.key_of(person_of(caller).tenant)

    def list(self, caller: Principal) -> Sequence[PushSubscription]:
        """Return the browsers, newest first."""
        user = person_of(caller)
        found = self.subscriptions.of(user.tenant, [user.id]).get(user.id, ())
        return sorted(found, key=lambda each: each.created_at, reverse=True)

    def add(self, caller: Principal, new: NewBrowser) -> PushSubscription:
        """Add a browser, or replace what is known of it. Raises InvalidRequest: endpoint or keys are wrong."""
        user = check_may_change(caller)
        if faults := faults_of(new, self.policy):
            raise InvalidRequest(faults)
        made = PushSubscription(
            tenant=user.tenant,
            user=user.id,
            endpoint=new.endpoint,
            public_key=new.public_key,
            auth=new.auth,
            created_at=self.clock(),
            details=new.details,
            device=" ".join(new.device.split())[:DEVICE_CHARACTERS],
        )
        self.subscriptions.put(made)
        return made

    def remove(self, caller: Principal, id: str) -> None:
        """Remove a browser. Raises NotFound."""
        user = check_may_change(caller)
        if not self.subscriptions.remove(user.tenant, user.id, id):
            raise NotFound("push subscription")


def faults_of(new: NewBrowser, policy: EgressPolicy) -> list[Fault]:
    """Return what is wrong with endpoint and keys of a browser. `policy`: where pushes may go."""
    faults = url_faults(new.endpoint, "/endpoint", policy)
    if not is_point(new.public_key):
        faults.append(Fault("/keys/p256dh", "WRONG_FORM", "must be a public key of P-256, as the browser gives it"))
    if len(new.auth) != AUTH_BYTES:
        faults.append(Fault("/keys/auth", "WRONG_FORM", f"must be {AUTH_BYTES} bytes, as the browser gives them"))
    return faults
