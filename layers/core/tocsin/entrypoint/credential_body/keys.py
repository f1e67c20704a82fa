"""API keys as calls and answers have them, and their operations."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, NotRequired, get_args

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.alert_body.words import Form
from tocsin.entrypoint.directory_body.resources import MergePatch
from tocsin.entrypoint.directory_body.shapes import Email, Id, Name, NothingBody
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.identity.application.create_api_key import MAX_NAME
from tocsin.identity.domain.api_key import Right

_EXACT = with_config(ConfigDict(extra="forbid"))
LONGEST_OVERLAP = timedelta(days=7)
"""How long the former token of a key is taken after a rotation, at most."""
_UNITS = Field(ge=0, le=1_000_000_000, description="units that it may spend; absent = unlimited")

RightWord = Literal["canSetLifetime", "canReadAlerts", "canReadStores", "canUseBus", "canSendEvents"]
assert set(get_args(RightWord)) == set(Right)


class CapacityBody(ResourceBody):
    """What a key may spend."""

    sms: Annotated[int | None, _UNITS] = None
    email: Annotated[int | None, _UNITS] = None
    call: Annotated[int | None, _UNITS] = None


class KeyBody(ResourceBody):
    """What can be set of a key."""

    name: Annotated[Name, Field(max_length=MAX_NAME)]
    rights: Annotated[list[RightWord], Field(max_length=len(Right), description="beyond sending and storing")] = Field(
        default_factory=list
    )
    role: Annotated[
        Id | None, Field(description="what it may do with people and settings; null = it sends and reads only")
    ] = None
    company: Annotated[Id | None, Field(description="the company it belongs to; null = the whole account")] = None
    networks: Annotated[
        list[Annotated[str, Field(max_length=50)]],
        Field(max_length=100, description="addresses or networks it may be used from; empty = any"),
    ] = Field(default_factory=list)
    owner_email: Annotated[Email | None, Field(description="gets mails about failed callbacks and limits")] = None


class NewKeyBody(KeyBody):
    """A new key."""

    kind: Annotated[Literal["live", "sandbox"], Field(description="sandbox: its alerts reach no person")]
    capacity: Annotated[CapacityBody, Field(description="limits for each channel")] = CapacityBody()


class RotateBody(ResourceBody):
    """How long the former token is taken beside the new one."""

    overlap: Annotated[
        str,
        Form(r"\d{1,6}[smhd]", "be a span, like 24h, 30m or 0s"),
        Field(description="s, m, h or d, at most `7d`; `0s`: the former token is refused within 30 s"),
    ] = "24h"


@_EXACT
class CapacityResource(TypedDict):
    """What is left for each channel; null = unlimited."""

    sms: int | None
    email: int | None
    call: int | None


@_EXACT
class KeyResource(TypedDict):
    """An API key."""

    id: Annotated[str, Field(description="its id, for ever")]
    name: str
    kind: Literal["live", "sandbox"]
    enabled: bool
    rights: list[RightWord]
    role: str | None
    company: str | None
    networks: list[str]
    owner_email: str | None
    capacity: CapacityResource
    token: NotRequired[Annotated[str, Field(description="the token, in answers that make one only")]]


@_EXACT
class WaitingUnderKeyResource(TypedDict):
    """What a disabled key does not send any more."""

    schedules: Annotated[list[str], Field(description="scheduled alerts with runs left, the newest 200")]
    triggers: Annotated[list[str], Field(description="stored alerts that wait for a keyword, 200 at most")]


@_EXACT
class DisabledKeyResource(KeyResource):
    """A disabled API key."""

    waiting: WaitingUnderKeyResource


@_EXACT
class KeyList(TypedDict):
    """All keys, by id."""

    items: list[KeyResource]
    next_cursor: None


_KEY: dict[str, Any] = {
    "id": "k7f3q9k7f3q9", "name": "Boiler room", "kind": "live", "enabled": True, "rights": ["canReadAlerts"],
    "role": None, "company": None, "networks": ["203.0.113.0/24"], "owner_email": "ana@example.org",
    "capacity": {"sms": 1000, "email": None, "call": None},
}  # fmt: skip
_TOKEN = {"token": "tcs_live_acme_k7f3q9k7f3q9_…"}
_NEED = "Needs `keys.manage` in the whole account."
_GRANT = (
    " A key's rights and role never exceed yours: 403 `EXCEEDS_YOURS`. API keys never make or change keys. A personal "
    "token needs the right to manage people, roles and keys; an access token needs a sign-in of the last 15 minutes: "
    "403 `STEP_UP_REQUIRED`."
)
_NEW_ERRORS = tuple(status for status in ACT_ERRORS if status != 412)


def _act(word: str, name: str, summary: str, description: str, **more: Any) -> Operation:
    given: dict[str, Any] = {"bodies": (NothingBody,), "request": {}, "response": _KEY, **more}
    return Operation(
        method="POST", path=f"/keys/{{key_id}}/{word}", name=name, tags=("Keys",), summary=summary,
        description=f"{_NEED} {description}", errors=_NEW_ERRORS, idempotent=True, **{"answer": KeyResource, **given},
    )  # fmt: skip


OPERATIONS = (
    Operation(
        method="GET", path="/keys", name="listKeys", tags=("Keys",), summary="List API keys", description=_NEED,
        answer=KeyList, errors=RESOURCE_ERRORS, response={"items": [_KEY], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/keys", name="createKey", tags=("Keys",), summary="Make an API key",
        description=f"{_NEED}{_GRANT} Only this answer, and that to a repeat under its Idempotency-Key, has the token.",
        bodies=(NewKeyBody,), answer=KeyResource, errors=_NEW_ERRORS, idempotent=True, created=True,
        request={"name": "Boiler room", "kind": "live", "rights": ["canReadAlerts"], "capacity": {"sms": 1000}},
        response={**_KEY, **_TOKEN},
    ),
    Operation(
        method="GET", path="/keys/{key_id}", name="getKey", tags=("Keys",), summary="Read an API key",
        description=_NEED, answer=KeyResource, errors=RESOURCE_ERRORS, response=_KEY,
    ),
    Operation(
        method="PATCH", path="/keys/{key_id}", name="changeKey", tags=("Keys",), summary="Change an API key",
        description=f"{_NEED}{_GRANT} Kind and capacity stay.", bodies=(MergePatch,), answer=KeyResource,
        errors=(*EDIT_ERRORS, 422), request={"name": "Boiler"}, response={**_KEY, "name": "Boiler"},
    ),
    _act("disable", "disableKey", "Disable an API key",
         "It is refused within 30 seconds. The answer lists what it does not send any more.",
         answer=DisabledKeyResource,
         response={**_KEY, "enabled": False, "waiting": {"schedules": ["sch_1"], "triggers": []}}),
    _act("enable", "enableKey", "Enable an API key", f"It is taken within 30 seconds.{_GRANT}"),
    _act("rotate", "rotateKey", "Give an API key a new token",
         f"The former token is taken for another day, or as `overlap` says.{_GRANT}",
         bodies=(RotateBody,), request={"overlap": "24h"}, response={**_KEY, **_TOKEN}),
)  # fmt: skip
