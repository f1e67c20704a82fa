"""Who calls the settings API: the principal that the authorizer let in."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.authorized import principal_of
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Unauthorized

Caller = Callable[[Call], Principal]
"""Returns who makes a call. Raises Unauthorized."""


def authorized_caller(call: Call) -> Principal:
    """Return the person or API key that the authorizer let in. Without a role, every operation is denied.

    Raises:
        Unauthorized: no authorizer ran.
    """
    caller = principal_of(call.authorizer, call.request_id)
    if caller is None:
        raise Unauthorized
    call.notes.update(tenant=caller.tenant, **{caller.actor.kind.value: caller.actor.id})
    return caller
