"""The `options` of a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from tocsin.entrypoint.alert_body.features import Schedule
from tocsin.entrypoint.alert_body.words import CallbackUrl, Span
from tocsin.entrypoint.http.wire import WireModel


class SendOptions(WireModel):
    """Options of the call as a whole."""

    notification: Annotated[
        Literal["poll", "callback", "bus", "none"] | None,
        Field(
            description="how you get the results: `poll` by /collectevents, `callback` at your URL, `bus` on the "
            "operator's event bus (needs the right `canUseBus`), `none` not at all; default: as the key says"
        ),
    ] = None
    notification_type: Annotated[
        Literal["json", "form"] | None,
        Field(description="how callbacks are encoded; default: as the key says"),
    ] = None
    callback_url: Annotated[
        CallbackUrl | None,
        Field(alias="callbackURL", description="https URL where callbacks go; default: as the key says"),
    ] = None
    schedule: Schedule | None = None
    lifetime: Annotated[
        Span | None,
        Field(description="how long answers count and results are kept; needs the right `canSetLifetime`"),
    ] = None
    urgent: Annotated[bool, Field(description="send also during quiet hours")] = False
    click_counts: Annotated[
        bool | None,
        Field(
            description="visits to short links that look human count as answers, without a button; steps, all-clear "
            "and runs inherit it. Risk: machines visit links too and can end an escalation; default: as the key says"
        ),
    ] = None

    def lasting(self) -> Mapping[str, Any]:
        """Return the options that also apply to alerts of later steps, in JSON form."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"schedule"})
