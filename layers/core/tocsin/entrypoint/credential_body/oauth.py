"""The OAuth token endpoint, described."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.http.operation import Operation
from tocsin.sign_in.domain.grant import GrantError

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class TokenRequest(TypedDict):
    """What a program exchanges."""

    grant_type: Literal["password", "refresh_token"]
    username: NotRequired[Annotated[str, Field(description="the person's address; with `password`")]]
    password: NotRequired[str]
    refresh_token: NotRequired[str]


@_EXACT
class AccessTokenResource(TypedDict):
    """An access token."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="seconds")]
    refresh_token: NotRequired[Annotated[str, Field(description="absent: the one before stays good")]]


@_EXACT
class GrantRefusal(TypedDict):
    """Why there is no token: RFC 6749, 5.2."""

    error: GrantError
    error_description: str


OPERATIONS = (
    Operation(
        method="POST", path="/oauth/token", name="grantToken", tags=("Sign-in",),
        summary="Exchange a password for an access token",
        description="For programs that know OAuth 2.0 only. It is off unless every account of the person allows it "
        "(`tenant set --password-grant on`): 400 `unauthorized_client`. A person with an authenticator app gets "
        "`mfa_required`. After five failures from one source within 15 minutes the answer is `invalid_grant` with "
        "`Retry-After`, for unknown addresses too. API keys and personal tokens are better for programs of your own.",
        bodies=(TokenRequest,), form=True, answer=AccessTokenResource, refusal=GrantRefusal, secured=False,
        errors=(400, 415, 429, 500, 503),
        request={"grant_type": "password", "username": "ana@example.org", "password": "…"},
        response={"access_token": "eyJ…", "token_type": "Bearer", "expires_in": 1800, "refresh_token": "eyJ…"},
    ),
)  # fmt: skip
