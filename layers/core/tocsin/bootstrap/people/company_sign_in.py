"""Composition of sign-in with company accounts and passkeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tocsin.bootstrap.authenticating import PoolSettings, pool_pages, pool_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tocsin.bootstrap.signing_in import SigningIn
    from tocsin.bootstrap.storage import Storage
    from tocsin.sign_in.application.company_sign_in import CompanySignIn


class ManagedLoginSettings(PoolSettings, Protocol):
    """Where managed login is.

    Attributes:
        managed_login_url: address of its pages, without a trailing slash; "" = there is none.
        providers: name of the identity provider of each company's mail domain.
    """

    @property
    def managed_login_url(self) -> str: ...  # noqa: D102

    @property
    def providers(self) -> Mapping[str, str]: ...  # noqa: D102


def company_sign_in(
    signing_in: SigningIn, storage: Storage, settings: ManagedLoginSettings
) -> Callable[[str], CompanySignIn] | None:
    """Return the use case for company accounts and passkeys, by the address of the console; None = no managed login.

    That address is what the callbacks of the client begin with, for example `https://console.example.org`.
    """
    if not settings.managed_login_url:
        return None
    from tocsin.adapters.cognito.managed_login import CognitoManagedLogin
    from tocsin.sign_in.application.company_sign_in import CompanySignIn

    client, pages = settings.user_pool_client_id, pool_pages(settings)
    tokens = pool_tokens(settings, pages, storage.real_clock)

    def at(console: str) -> CompanySignIn:
        return CompanySignIn(
            login=CognitoManagedLogin(
                pages=pages, tokens=tokens, domain=settings.managed_login_url, client_id=client, console=console
            ),
            sign_in=signing_in.sign_in,
            states=signing_in.states,
            randomness=storage.randomness,
            clock=storage.real_clock,
            providers=settings.providers,
        )

    return at
