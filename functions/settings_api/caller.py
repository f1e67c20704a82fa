"""Who calls the settings API: the one place that makes a principal of what the authorizer says."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.authorized import key_of
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Unauthorized

Caller = Callable[[Call], Principal]
"""Returns who makes a call. Raises Unauthorized."""


def key_caller(call: Call) -> Principal:
    """Return the API key that the authorizer let in. It has no role, so every operation is denied to it.

    Raises:
        Unauthorized: no authorizer ran.
    """
    key = key_of(call.authorizer)
    if key is None:
        raise Unauthorized
    call.notes.update(tenant=key.tenant, key=key.id)
    return Principal(key.tenant, Actor(ActorKind.KEY, key.id), None, key=key, request_id=call.request_id)
