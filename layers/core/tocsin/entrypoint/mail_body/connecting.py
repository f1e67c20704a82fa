"""Connecting a mailbox of Google or Microsoft, as calls and answers have it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.http.operation import ACT_ERRORS, Operation
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.tenant_mail.application.connect_mailbox import BegunConnection


class ConnectBody(ResourceBody):
    """Which mailbox is to be connected."""

    type: Annotated[Literal["MS365", "GMAIL"], Field(description="Microsoft 365 or Gmail")]


@with_config(ConfigDict(extra="forbid"))
class ConnectingResource(TypedDict):
    """A connection that was begun."""

    authorization_url: Annotated[str, Field(description="open it in a browser, and consent as the mailbox")]
    expires_at: Annotated[str, Field(description="until when the mailbox can be connected by it")]


def connecting_shown(begun: BegunConnection) -> dict[str, Any]:
    """Return a connection that was begun as answers show it."""
    return {"authorization_url": begun.page, "expires_at": wire_time(begun.ends_at)}


OPERATIONS = (
    Operation(
        method="POST", path="/tenant/notification/connect", name="connectMailbox", tags=("Tenant mail",),
        summary="Connect a mailbox of Microsoft 365 or Gmail",
        description="Open `authorization_url` in a browser, sign in as the mailbox and consent. Within ten minutes the "
        "caller must then confirm in the console that the mailbox sends; after a call with an API key, any account "
        "owner or admin. It works before the first save: it saves `type`, and the mailbox as `username`. Another "
        "mailbox than the saved `username` is not connected.",
        bodies=(ConnectBody,), answer=ConnectingResource, idempotent=True,
        errors=tuple(status for status in ACT_ERRORS if status != 412),
        request={"type": "GMAIL"},
        response={
            "authorization_url": "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=…",
            "expires_at": "2026-11-29T08:10:00.000Z",
        },
    ),
)  # fmt: skip
