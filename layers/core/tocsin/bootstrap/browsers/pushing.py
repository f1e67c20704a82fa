"""Composition of browser push: who pushes, what is owed, and what deliveries need of the subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tocsin.bootstrap.storage import Storage
    from tocsin.browser_push.application.own_browsers import OwnBrowsers
    from tocsin.browser_push.application.push_keys import PushKeys
    from tocsin.browser_push.application.renew_browser import RenewBrowser
    from tocsin.egress.domain.url_policy import EgressPolicy
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.personal_notices.ports import OwedPushes
    from tocsin.webhooks.application.attempt import Pushes
    from tocsin.webhooks.domain.callback import PushOrigin


def owed_pushes(storage: Storage) -> OwedPushes:
    """Return what makes the pushes of notices."""
    from tocsin.browser_push.application.owed_pushes import PushesOwed

    return PushesOwed(storage.push_subscriptions, storage.clock, storage.randomness)


def own_browsers(storage: Storage, policy: EgressPolicy) -> OwnBrowsers:
    """Return the use case of a person's browsers; `policy`: where pushes may go."""
    from tocsin.browser_push.application.own_browsers import OwnBrowsers
    from tocsin.browser_push.application.push_keys import PushKeys

    keys = PushKeys(storage.sealer)
    return OwnBrowsers(storage.push_subscriptions, keys.public, policy, storage.clock)


def renew_browser(storage: Storage, policy: EgressPolicy) -> RenewBrowser:
    """Return the use case of a browser with another subscription; `policy`: where pushes may go."""
    from tocsin.browser_push.application.renew_browser import RenewBrowser

    return RenewBrowser(storage.push_subscriptions, policy)


def pushes(storage: Storage, email_domain: str) -> Pushes:
    """Return what deliveries of pushes need. Encryption is loaded with the first push.

    Args:
        email_domain: operators of push services write to the postmaster of it; "" = there is none.
    """
    from tocsin.webhooks.application.attempt import Pushes

    subscriptions = storage.push_subscriptions
    made: list[PushKeys] = []

    def headers(tenant: TenantId, endpoint: str, now: datetime) -> Mapping[str, str]:
        if not made:
            from tocsin.browser_push.application.push_keys import PushKeys

            made.append(PushKeys(storage.sealer, f"mailto:postmaster@{email_domain}" if email_domain else ""))
        return made[0].headers(tenant, endpoint, now)

    def stands(tenant: TenantId, push: PushOrigin) -> bool:
        return subscriptions.stands(tenant, push.user, push.subscription)

    def gone(tenant: TenantId, push: PushOrigin) -> bool:
        return subscriptions.remove(tenant, push.user, push.subscription)

    return Pushes(stands, gone, headers)
