"""Personal tokens as calls and answers have them, and their operations."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.identity.domain.personal_token import LONGEST_DAYS, MOST, NAME_CHARACTERS

_EXACT = with_config(ConfigDict(extra="forbid"))


class NewTokenBody(ResourceBody):
    """A new personal token."""

    name: Annotated[str, Field(max_length=NAME_CHARACTERS, description="what it is for; one line")]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS, description="how long it lives")] = 90
    read_only: Annotated[bool, Field(description="it changes nothing and sends nothing")] = False
    manages_people: Annotated[bool, Field(description="it may manage people, roles and keys, if you may")] = False


@_EXACT
class TokenResource(TypedDict):
    """A personal token."""

    id: Annotated[str, Field(description="its id, for ever")]
    name: str
    read_only: bool
    manages_people: bool
    created_at: str
    expires_at: str
    used_at: Annotated[str | None, Field(description="last use, an hour early at most; null = never")]
    token: NotRequired[Annotated[str, Field(description="the token itself, in the answer to its making only")]]


@_EXACT
class TokenList(TypedDict):
    """All personal tokens of the caller, newest first."""

    items: list[TokenResource]
    next_cursor: None


_SHOWN = {
    "id": "k7f3q9k7f3q9", "name": "Nightly backup", "read_only": True, "manages_people": False,
    "created_at": "2026-11-29T08:00:00.000Z", "expires_at": "2027-02-27T08:00:00.000Z", "used_at": None,
}  # fmt: skip

OPERATIONS = (
    Operation(
        method="GET", path="/users/me/tokens", name="listTokens", tags=("People",), summary="List your personal tokens",
        description="For people; an API key is no person. Expired ones are gone.", answer=TokenList,
        errors=RESOURCE_ERRORS, response={"items": [_SHOWN], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/users/me/tokens", name="createToken", tags=("People",), summary="Make a personal token",
        description="A program with the token acts as you; it is sent as `Authorization: Bearer` or `X-API-Key`. The "
        "token allows what your role allows at the time of each call. Only this answer shows it. The call needs an "
        "access token whose sign-in is of the last 15 minutes: 403 `STEP_UP_REQUIRED`. A person has at most "
        f"{MOST} tokens. The console makes tokens too.",
        bodies=(NewTokenBody,), answer=TokenResource, idempotent=True, created=True,
        errors=tuple(status for status in ACT_ERRORS if status != 412),
        request={"name": "Nightly backup", "days": 90, "read_only": True},
        response={**_SHOWN, "token": "tcp_acme_019aa3c45d007c8f9b3a2f6d1e4c7a90k7f3q9k7f3q9_…"},
    ),
    Operation(
        method="DELETE", path="/users/me/tokens/{token_id}", name="deleteToken", tags=("People",),
        summary="Delete a personal token", description="It is refused from now on.", errors=EDIT_ERRORS,
    ),
)  # fmt: skip
