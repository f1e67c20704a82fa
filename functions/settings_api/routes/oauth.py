"""`POST /oauth/token`, in the form and with the errors of RFC 6749."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.identity.ports.provider import SignedIn
from tocsin.sign_in.application.password_grant import PasswordGrant
from tocsin.sign_in.domain.grant import GrantError, NotGranted
from tocsin.sign_in.domain.steps import Browser

_FORM = "application/x-www-form-urlencoded"


def oauth_routes(grant: PasswordGrant) -> Blueprint:
    """Return the route of access tokens. It is public: the password or the refresh token says who calls."""
    routes = Blueprint(__name__)

    @routes.route("/oauth/token", methods=["POST"], content_types=[_FORM])
    @answers(routes, Shape.PROBLEM)
    def token(call: Call) -> Response:
        granted = _granted(call, grant)
        if isinstance(granted, NotGranted):
            wait = {} if granted.retry_after is None else {"Retry-After": str(granted.retry_after)}
            return answer({"error": granted.error.value, "error_description": granted.sentence}, 400, wait)
        made = {"access_token": granted.access_token, "token_type": "Bearer", "expires_in": granted.lives}
        return answer(made | ({"refresh_token": granted.refresh_token} if granted.refresh_token else {}))

    return routes


def _granted(call: Call, grant: PasswordGrant) -> SignedIn | NotGranted:
    form = call.form()
    match form.get("grant_type"):
        case "password" if form.get("username") and form.get("password"):
            source = Browser(call.source_ip, "a program", request_id=call.request_id)
            return grant.password(form["username"], form["password"], source)
        case "refresh_token" if form.get("refresh_token"):
            return grant.refresh(form["refresh_token"])
        case "password" | "refresh_token" | None:
            return NotGranted(GrantError.INVALID_REQUEST, "send grant_type with what it exchanges")
    return NotGranted(GrantError.UNSUPPORTED_GRANT_TYPE, "grant_type is password or refresh_token")
