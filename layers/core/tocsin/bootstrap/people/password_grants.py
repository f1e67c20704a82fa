"""Composition of access tokens for programs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.provider import IdentityProvider
    from tocsin.sign_in.application.password_grant import PasswordGrant


def password_grants(storage: Storage, provider: IdentityProvider, *, limited: bool) -> Callable[[], PasswordGrant]:
    """Return what makes the use case, with its first use.

    Args:
        limited: whether one source of calls may fail so often only; not on the local engine, where all share one.
    """

    @cache
    def made() -> PasswordGrant:
        from tocsin.bootstrap.signing_in import SigningIn
        from tocsin.sign_in.domain.throttle import ThrottleSettings

        throttle = ThrottleSettings() if limited else ThrottleSettings(per_source=None)
        return SigningIn(storage, provider, throttle=throttle).password_grant

    return made
