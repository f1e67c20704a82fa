"""Composition of what tells who calls."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Protocol

from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.authenticate_access import AuthenticateAccess
from tocsin.identity.application.authenticate_caller import AuthenticateCaller
from tocsin.identity.application.authenticate_token import AuthenticateToken

if TYPE_CHECKING:
    from tocsin.adapters.cognito.http import PoolPages
    from tocsin.adapters.cognito.tokens import PoolTokens
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.ports.tokens import AccessProof, CheckAccessToken
    from tocsin.kernel.ports import Clock


class PoolSettings(Protocol):
    """The user pool that makes tokens of people.

    Attributes:
        token_issuer, token_keys_url: what tokens name, and where their keys are; on the local engine these differ.
        trusted_ca: file of certificates that calls trust beside the public ones; on the local engine only.
        open_egress: allow pages of the pool to be on this machine, by plain http; on the local engine only.
    """

    @property
    def user_pool_id(self) -> str: ...  # noqa: D102

    @property
    def user_pool_client_id(self) -> str: ...  # noqa: D102

    @property
    def token_issuer(self) -> str: ...  # noqa: D102

    @property
    def token_keys_url(self) -> str: ...  # noqa: D102

    @property
    def open_egress(self) -> bool: ...  # noqa: D102

    @property
    def trusted_ca(self) -> str: ...  # noqa: D102


def pool_pages(settings: PoolSettings) -> PoolPages:
    """Return what calls the pages of the user pool."""
    from tocsin.adapters.cognito.http import PoolPages
    from tocsin.adapters.outbound.connection import Outbound
    from tocsin.egress.domain.url_policy import EgressPolicy

    return PoolPages(Outbound(policy=EgressPolicy(loopback=settings.open_egress), trusted_ca=settings.trusted_ca))


def pool_tokens(settings: PoolSettings, pages: PoolPages, clock: Clock) -> PoolTokens:
    """Return what checks the tokens of the user pool."""
    from tocsin.adapters.cognito.tokens import PoolKeys, PoolTokens

    keys = PoolKeys(pages, settings.token_keys_url, clock)
    return PoolTokens(keys=keys, issuer=settings.token_issuer, client_id=settings.user_pool_client_id, clock=clock)


def checks_access(settings: PoolSettings) -> CheckAccessToken:
    """Return the check of access tokens. It is made when the first one comes: API keys start no slower."""

    @cache
    def pool() -> PoolTokens:
        return pool_tokens(settings, pool_pages(settings), utc_now)

    def check(token: str) -> AccessProof | None:
        return pool().access(token)

    return check


def authenticate_caller(storage: Storage, check_access: CheckAccessToken = lambda token: None) -> AuthenticateCaller:
    """Return the use case that checks tokens of every kind.

    Args:
        check_access: checks access tokens; the default takes none.
    """
    people, sealer = storage.directory, storage.sealer
    return AuthenticateCaller(
        by_key=Authenticate(storage.api_keys, sealer, storage.clock),
        by_personal_token=AuthenticateToken(
            tokens=storage.personal_tokens, people=people, sealer=sealer, clock=storage.clock
        ),
        by_access_token=AuthenticateAccess(check=check_access, people=people, tenants=storage.tenants, clock=utc_now),
        people=people,
    )
