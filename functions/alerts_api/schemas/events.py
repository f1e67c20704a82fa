"""Request of `/collectevents`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import Field

from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.words import ClientRef, Id, Version
from tocsin.entrypoint.http.wire import WireModel, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import AlertRef


class CollectOptions(WireModel):
    """How much to collect."""

    maximum_items_to_return: Annotated[
        int | None, Field(ge=1, le=limits.EVENTS_PER_CALL, description="default 1, with `peek` 100")
    ] = None
    return_num_remaining: Annotated[bool, Field(description="also say how many are left")] = False
    peek: Annotated[
        bool,
        Field(description="only look: the oldest that wait, up to 100. None is taken, so a repeat returns them again"),
    ] = False

    def maximum(self) -> int:
        """Return how many events are asked for."""
        return self.maximum_items_to_return or (limits.EVENTS_PER_CALL if self.peek else 1)


class CollectEventsBody(WireModel):
    """Take waiting result events, each once, or look at them."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    alert_id: Annotated[Id | None, Field(description="of this alert only; this or `all`")] = None
    alert_ref: Annotated[Id | None, Field(description="the same as `alertId`")] = None
    all: Annotated[bool, Field(description="of every alert of this key")] = False
    options: CollectOptions = CollectOptions.model_construct()

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body names one alert, or all."""
        named = set_in(raw, "alertId", "alertRef")
        if len(named) > 1 and raw["alertId"] != raw["alertRef"]:
            yield Fault("/alertRef", "CONFLICT", "is another alert than `alertId`; they are two names of one thing")
        elif named and raw.get("all") is True:
            yield Fault(f"/{named[0]}", "CONFLICT", f"give only one of `{named[0]}` or `all`")
        elif not named and raw.get("all") is not True:
            yield Fault("/alertId", "REQUIRED", "give `alertId`, or `all: true`")

    def alert(self) -> AlertRef | None:
        """Return the alert, None for all."""
        found = self.alert_id or self.alert_ref
        return AlertRef(found) if found else None
