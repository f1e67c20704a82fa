"""The same answer again, for a repeat under the same Idempotency-Key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Response

from tocsin.entrypoint.alert_body.words import compact
from tocsin.entrypoint.http.app import answer
from tocsin.idempotency.application.idempotent_call import CachedAnswer, IdempotentCall
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey


def once(
    answers: IdempotentCall, key: ApiKey, claim: IdempotencyClaim | None, act: Callable[[], Mapping[str, Any]]
) -> Response:
    """Return what `act` answers, or what it answered to the claim before.

    Args:
        act: does what is asked and returns the body of the answer, `success` and `returnCode` included.
    """
    body = act() if claim is None else json.loads(answers(key, claim, lambda: _said(act())).text)
    return answer(body, body["returnCode"])


def _said(body: Mapping[str, Any]) -> CachedAnswer:
    nothing = body["success"] is not True or body.get("events") == []  # who found no events may ask again
    return CachedAnswer(compact(body), done=not nothing)
