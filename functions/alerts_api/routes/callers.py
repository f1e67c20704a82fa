"""The caller of a request, and its Idempotency-Key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from tocsin.entrypoint.alert_body.limits import IDEMPOTENCY_KEY_CHARACTERS
from tocsin.entrypoint.alert_body.words import compact
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.authorized import key_of
from tocsin.entrypoint.http.credentials import only_token, tokens_in
from tocsin.entrypoint.http.wire import is_blank
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest, Unauthorized

_REFERENCE = re.compile(r"[A-Za-z0-9+_-]{1,128}")
_IDEMPOTENCY_KEY = re.compile(rf"[\x20-\x7e]{{1,{IDEMPOTENCY_KEY_CHARACTERS}}}")


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


def claim_of(call: Call, route: str, body: Mapping[str, Any]) -> IdempotencyClaim | None:
    """Return the call's use of an Idempotency-Key, None if it has none.

    Raises:
        InvalidRequest: the header is not 1 to 255 printable ASCII characters.
    """
    key = call.header("idempotency-key")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        message = f"the Idempotency-Key header must be 1 to {IDEMPOTENCY_KEY_CHARACTERS} printable ASCII characters"
        raise InvalidRequest([Fault("", "BAD_IDEMPOTENCY_KEY", message)])
    # The API key is no part of the request's fingerprint: it may be in the body at first, and in a header in a repeat.
    without_key = {name: value for name, value in body.items() if name != "apiKey"}
    return IdempotencyClaim(route, key, hashlib.sha256(compact(without_key).encode()).hexdigest())


def seed_of(key: ApiKey, claim: IdempotencyClaim | None) -> bytes | None:
    """Return the seed of ids, so that a repeat under the same claim gets the same ids; None without a claim."""
    if claim is None:
        return None
    natural = "\n".join((key.tenant, key.id, claim.route, claim.fingerprint, claim.key))
    return hashlib.sha256(natural.encode()).digest()


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
