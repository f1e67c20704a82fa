"""`/storecontent` and `/deletecontent`."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.replays import once
from alerts_api.schemas.stores.answers import (
    NothingStoredAnswer,
    StoreAnswer,
    failure_code,
    store_answer,
    store_entries,
)
from alerts_api.schemas.stores.deletes import DeleteContentBody
from alerts_api.schemas.stores.requests import StoreContentBody
from tocsin.entrypoint.http.app import Call, verb
from tocsin.entrypoint.http.claims import claim_of, seed_of
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.application.store import StoreContent
from tocsin.stored_content.domain.store_request import StoreResult


def storing_routes(
    callers: Callers, store: StoreContent, delete: DeleteContent, answers_kept: IdempotentCall
) -> Blueprint:
    """Return the routes that store and remove content."""
    routes = Blueprint(__name__)

    @verb(routes, "storecontent")
    def post_storecontent(call: Call) -> Response:
        key, body = callers.opened(call, makes=True)
        claim = claim_of(call, "storecontent", body, key)
        parsed = read(StoreContentBody, body)
        # Ids are derived from the claim: a repeat after a failed first try makes the same stores.
        seed = seed_of(key, claim)
        return once(
            answers_kept, key, claim, lambda: _done(call, store(key, parsed.to_elements(), seed), parsed.client_ref)
        )

    @verb(routes, "deletecontent")
    def post_deletecontent(call: Call) -> Response:
        key, body = callers.opened(call)
        claim = claim_of(call, "deletecontent", body, key)
        parsed = read(DeleteContentBody, body)
        return once(answers_kept, key, claim, lambda: _done(call, delete(key, parsed.to_request()), parsed.client_ref))

    return routes


def _done(call: Call, result: StoreResult, client_ref: str | None) -> StoreAnswer | NothingStoredAnswer:
    call.notes["stores"] = sum(item.success for item in result.items)
    if result.success:
        return store_answer(result, client_ref)
    failed: NothingStoredAnswer = {
        "success": False,
        "returnCode": 422,
        "failureReason": result.failure_reason or "nothing was done",
        "failureCode": "NOTHING_DONE",
        "errors": [
            {"pointer": f"/content/{index}", "code": failure_code(item), "message": item.failure_reason or "not done"}
            for index, item in enumerate(result.items)
        ],
        "requestId": call.request_id,
        "content": store_entries(result),
    }
    if client_ref is not None:
        failed["clientRef"] = client_ref
    return failed
