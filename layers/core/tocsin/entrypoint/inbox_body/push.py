"""Browsers that are pushed to, as calls and answers have them, and their operations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.browser_push.application.own_browsers import DEVICE_CHARACTERS, NewBrowser
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.domain.vapid import bytes_of, origin_of
from tocsin.browser_push.ports import MOST_BROWSERS
from tocsin.egress.domain.url_policy import MAX_URL
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.kernel.domain.wire_time import wire_time

_EXACT = with_config(ConfigDict(extra="forbid"))
_LONGEST_KEY = 200


class KeysBody(ResourceBody):
    """Keys of the browser, in base64url."""

    p256dh: Annotated[str, Field(max_length=_LONGEST_KEY, description="its public key")]
    auth: Annotated[str, Field(max_length=_LONGEST_KEY, description="its secret")]


class PushSubscriptionBody(ResourceBody):
    """What `PushSubscription.toJSON()` of the browser gives, and two words of yours."""

    endpoint: Annotated[str, Field(max_length=MAX_URL, description="a secret")]
    keys: KeysBody
    expirationTime: Annotated[
        float | int | None, Field(description="not used: the push service tells when it is over")
    ] = None
    details: Annotated[bool, Field(description="pushes say who and what; else only that there is something")] = False
    device: Annotated[str, Field(max_length=DEVICE_CHARACTERS, description="how your list names the browser")] = ""

    def new(self) -> NewBrowser:
        """Return the browser; keys that are no base64url are empty, which is a fault of their own."""
        return NewBrowser(
            endpoint=self.endpoint,
            public_key=_bytes(self.keys.p256dh),
            auth=_bytes(self.keys.auth),
            details=self.details,
            device=self.device,
        )


class PushEndpointBody(ResourceBody):
    """Names a browser by its endpoint."""

    endpoint: Annotated[str, Field(max_length=MAX_URL)]


def _bytes(text: str) -> bytes:
    try:
        return bytes_of(text)
    except ValueError:
        return b""


@_EXACT
class PushSubscriptionResource(TypedDict):
    """A browser that is pushed to. Its endpoint and its keys are never read again."""

    id: Annotated[str, Field(description="the first 32 hex digits of the SHA-256 of the endpoint")]
    service: Annotated[str, Field(description="the push service")]
    device: str
    details: bool
    created_at: str


@_EXACT
class PushSubscriptionList(TypedDict):
    """Your browsers, newest first."""

    items: list[PushSubscriptionResource]
    next_cursor: None


@_EXACT
class PushKey(TypedDict):
    """The key for `applicationServerKey`."""

    key: Annotated[str, Field(description="a public key of P-256, in base64url")]


def shown(browser: PushSubscription) -> dict[str, Any]:
    """Return a browser as answers show it."""
    return {
        "id": browser.id,
        "service": origin_of(browser.endpoint),
        "device": browser.device,
        "details": browser.details,
        "created_at": wire_time(browser.created_at),
    }


_ENDPOINT = "https://updates.push.services.example.net/wpush/v2/gAAAAABh"
_SHOWN: dict[str, Any] = {
    "id": "5b0d4f4c1f9f3cbb0d8a33f1f0b0a6c2", "service": "https://updates.push.services.example.net",
    "device": "Firefox on the desk", "details": False, "created_at": "2026-11-21T10:00:19.000Z",
}  # fmt: skip
_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"

OPERATIONS = (
    Operation(
        method="GET", path="/push_key", name="getPushKey", tags=("Notifications",), summary="Read the push key",
        description="The key (VAPID, RFC 8292) under which your account pushes, for `pushManager.subscribe` of a "
        "browser. It does not change.",
        answer=PushKey, errors=RESOURCE_ERRORS, response={"key": _PUBLIC},
    ),
    Operation(
        method="GET", path="/users/me/push_subscriptions", name="listPushSubscriptions", tags=("Notifications",),
        summary="List your browsers that are pushed to", description="For people; an API key is no person.",
        answer=PushSubscriptionList, errors=RESOURCE_ERRORS, response={"items": [_SHOWN], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/users/me/push_subscriptions", name="addPushSubscription", tags=("Notifications",),
        summary="Add a browser",
        description="What you are told is pushed to it too, if `channels.browser` of your settings is on: encrypted "
        "for this browser (RFC 8291), for an hour at most. The same endpoint again replaces what is known of it. "
        f"A person has {MOST_BROWSERS} browsers at most; the oldest goes when another one comes. A browser that its "
        "push service knows no more is removed.",
        bodies=(PushSubscriptionBody,), answer=PushSubscriptionResource, created=True,
        errors=tuple(status for status in ACT_ERRORS if status not in (404, 409, 412, 422)),
        request={
            "endpoint": _ENDPOINT, "keys": {"p256dh": _PUBLIC, "auth": "BTBZMqHH6r4Tts7J_aSIgg"},
            "device": "Firefox on the desk",
        },
        response=_SHOWN,
    ),
    Operation(
        method="DELETE", path="/users/me/push_subscriptions", name="removePushEndpoint", tags=("Notifications",),
        summary="Remove a browser by its endpoint", description="Nothing is pushed to it from now on.",
        bodies=(PushEndpointBody,), errors=tuple(status for status in EDIT_ERRORS if status not in (409, 412)),
        request={"endpoint": _ENDPOINT},
    ),
    Operation(
        method="DELETE", path="/users/me/push_subscriptions/{subscription_id}", name="removePushSubscription",
        tags=("Notifications",), summary="Remove a browser", description="Nothing is pushed to it from now on.",
        errors=tuple(status for status in EDIT_ERRORS if status not in (409, 412, 413, 415)),
    ),
)  # fmt: skip
