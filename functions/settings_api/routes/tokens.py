"""The personal tokens of the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import gone, repeatable
from tocsin.entrypoint.credential_body.tokens import NewTokenBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.application.own_tokens import OwnTokens
from tocsin.identity.domain.personal_token import NewToken, PersonalToken
from tocsin.kernel.domain.wire_time import wire_time

_ROUTE = "users/me/tokens"


def tokens_routes(caller: Caller, own: OwnTokens, answers_kept: IdempotentCall) -> Blueprint:
    """Return the routes of personal tokens."""
    routes = Blueprint(__name__)

    @routes.route(f"/{_ROUTE}", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def tokens(call: Call) -> Response:
        body = call.json() if call.method == "POST" else {}
        who = caller(call)
        if call.method == "GET":
            found = own.list(who)
            call.query()
            return answer({"items": [shown(token) for token in found], "next_cursor": None})
        own.check_may_make(who)
        call.query()

        def made(seed: bytes | None) -> Mapping[str, Any]:
            wanted = read(NewTokenBody, body)
            new = own.make(
                who,
                NewToken(wanted.name, wanted.days, read_only=wanted.read_only, manages_people=wanted.manages_people),
                seed,
            )
            return {**shown(new.token), "token": new.text}

        new = repeatable(call, answers_kept, who, _ROUTE, body, made)
        return answer(new, 201, {"Location": f"{_ROUTE}/{new['id']}", "ETag": '"1"'})

    @routes.route(f"/{_ROUTE}/{{token_id}}", methods=["DELETE"])
    @answers(routes, Shape.PROBLEM)
    def token(call: Call, token_id: str) -> Response:
        who = caller(call)
        own.check_may_change(who)
        call.query()
        own.delete(who, token_id)
        return gone()

    return routes


def shown(token: PersonalToken) -> dict[str, Any]:
    """Return a token as answers show it."""
    return {
        "id": token.id,
        "name": token.name,
        "read_only": token.read_only,
        "manages_people": token.manages_people,
        "created_at": wire_time(token.created_at),
        "expires_at": wire_time(token.expires_at),
        "used_at": None if token.used_at is None else wire_time(token.used_at),
    }
