"""Repeats under the same Idempotency-Key: they get the stored answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Response

from tocsin.entrypoint.http.app import answer
from tocsin.entrypoint.http.compact_json import compact
from tocsin.idempotency.application.idempotent_call import CachedAnswer, IdempotentCall
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey


def once(
    answers: IdempotentCall, key: ApiKey, claim: IdempotencyClaim | None, act: Callable[[], Mapping[str, Any]]
) -> Response:
    """Return the answer of `act`, or the stored answer of an earlier use of the claim.

    Args:
        act: executes the call and returns the body of the response, with `success` and `returnCode`.
    """
    body = act() if claim is None else json.loads(answers(key, claim, lambda: _said(act())).text)
    return answer(body, body["returnCode"])


def _said(body: Mapping[str, Any]) -> CachedAnswer:
    nothing = body["success"] is not True or body.get("events") == []  # a call that found no events may be repeated
    return CachedAnswer(compact(body), done=not nothing)
