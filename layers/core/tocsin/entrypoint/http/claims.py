"""The Idempotency-Key of a call."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from tocsin.entrypoint.alert_body.limits import IDEMPOTENCY_KEY_CHARACTERS
from tocsin.entrypoint.http.app import Call
from tocsin.entrypoint.http.compact_json import compact
from tocsin.idempotency.application.idempotent_call import KeyHolder
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest

_IDEMPOTENCY_KEY = re.compile(rf"[\x20-\x7e]{{1,{IDEMPOTENCY_KEY_CHARACTERS}}}")


def claim_of(call: Call, route: str, body: Mapping[str, Any], caller: ApiKey | None = None) -> IdempotencyClaim | None:
    """Return the call's use of an Idempotency-Key, None if it has none.

    Args:
        caller: people share the account key, and each has Idempotency-Keys of their own; None = the holder is a person.

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
    if caller is not None and caller.person is not None:
        key = f"{caller.person.id}\n{key}"
    return IdempotencyClaim(route, key, hashlib.sha256(compact(without_key).encode()).hexdigest())


def seed_of(holder: KeyHolder, claim: IdempotencyClaim | None) -> bytes | None:
    """Return the seed of ids, so that a repeat under the same claim gets the same ids; None without a claim."""
    if claim is None:
        return None
    natural = "\n".join((holder.tenant, holder.id, claim.route, claim.fingerprint, claim.key))
    return hashlib.sha256(natural.encode()).digest()
