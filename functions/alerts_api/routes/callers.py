"""The caller of a request, and its Idempotency-Key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.authorized import key_of
from tocsin.entrypoint.http.credentials import only_token, tokens_in
from tocsin.entrypoint.http.wire import is_blank
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest, Unauthorized

_REFERENCE = re.compile(r"[A-Za-z0-9+_-]{1,128}")


def opened(call: Call, authenticate: Authenticate) -> tuple[ApiKey, dict[str, Any]]:
    """Return the caller of an apiKey verb, and the body, which is a JSON object and not validated further.

    The key stands in the body's `apiKey`, in `X-API-Key` or in `Authorization: Bearer`.

    Raises:
        InvalidRequest: not a JSON object, or keys that differ.
        Unauthorized: the API key is missing, unknown, disabled or wrong.
        Forbidden: the key may not be used from this address.
    """
    body = call.json()
    reference = body.get("clientRef")
    if isinstance(reference, str) and _REFERENCE.fullmatch(reference):
        call.client_ref = reference
    key = _known(call, authenticate(_token(call, body), call.source_ip))
    return key, body


def reader(call: Call, authenticate: Authenticate) -> ApiKey:
    """Return the caller of a resource: from the authorizer's context, else by the API key in the headers.

    Raises:
        Unauthorized: the API key is missing, unknown, disabled or wrong, or the headers have two keys that differ.
        Forbidden: the key may not be used from this address.
    """
    vouched = key_of(call.authorizer)
    return _known(call, vouched or authenticate(only_token(call.headers), call.source_ip))


def _token(call: Call, body: Mapping[str, Any]) -> str:
    inside, outside = body.get("apiKey"), tokens_in(call.headers)
    if len(outside) > 1:
        raise InvalidRequest([Fault("", "CONFLICT", "the headers `Authorization` and `X-API-Key` have different keys")])
    if inside is None or is_blank(inside):
        if not outside:
            raise Unauthorized
        return outside[0]
    if not isinstance(inside, str):
        raise InvalidRequest([Fault("/apiKey", "WRONG_TYPE", "must be a string")])
    if outside not in ([], [inside]):
        raise InvalidRequest([Fault("/apiKey", "CONFLICT", "is another key than the one in the headers")])
    return inside


def _known(call: Call, key: ApiKey) -> ApiKey:
    call.notes.update(tenant=key.tenant, key=key.id)
    return key
