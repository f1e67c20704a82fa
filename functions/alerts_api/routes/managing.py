"""`/getinfo` and `/setinfo`."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.info import GetInfo
from alerts_api.routes.replays import once
from alerts_api.schemas.callbacks import changed_answer
from alerts_api.schemas.info import GetInfoBody, SetInfoBody
from alerts_api.schemas.info_answers import GetInfoAnswer, info_answer
from tocsin.client_api.application.set_info import SetInfo
from tocsin.entrypoint.http.app import Call, answer, verb
from tocsin.entrypoint.http.claims import claim_of, seed_of
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.webhooks.application.manage import ManageCallbacks


def managing_routes(
    callers: Callers,
    get_info: GetInfo,
    set_info: SetInfo,
    manage_callbacks: ManageCallbacks,
    answers_kept: IdempotentCall,
) -> Blueprint:
    """Return the routes by which a client reads and changes the settings of its key."""
    routes = Blueprint(__name__)

    @verb(routes, "getinfo")
    def post_getinfo(call: Call) -> Response:
        key, body = callers.informed(call)
        parsed = read(GetInfoBody, body)
        return answer(info_answer(key, get_info(key, parsed), parsed.client_ref))

    @verb(routes, "setinfo")
    def post_setinfo(call: Call) -> Response:
        key, body = callers.opened(call, Permission.KEYS)
        claim = claim_of(call, "setinfo", body, key)
        parsed = read(SetInfoBody, body)
        return once(answers_kept, key, claim, lambda: changed(key, parsed, seed_of(key, claim)))

    def changed(key: ApiKey, parsed: SetInfoBody, seed: bytes | None) -> GetInfoAnswer:
        if (change := parsed.change()) is not None:
            key = set_info(key, change)
        changed_info = info_answer(key, {}, parsed.client_ref)
        if parsed.callback is not None:
            changed_info["callback"] = changed_answer(manage_callbacks(key, parsed.callback.change(), seed))
        return changed_info

    return routes
