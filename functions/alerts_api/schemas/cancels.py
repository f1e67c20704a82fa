"""Request and response of `/cancelalerts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.answers import FailedAnswer
from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.client_api.application.cancel_alerts import CancelElement, CancelItemResult, CancelKind
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.receivers import StoreChoice, store_ref
from tocsin.entrypoint.alert_body.words import ClientRef, Id, LinkRef, Version
from tocsin.entrypoint.http.wire import WireModel, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.schedules.domain.schedule import ScheduleId

_EXACT = with_config(ConfigDict(extra="forbid"))
_KINDS = {
    "alertId": CancelKind.ALERT,
    "alertRef": CancelKind.ALERT,
    "scheduledAlertId": CancelKind.SCHEDULED,
    "scheduleId": CancelKind.SCHEDULED,
    "triggered": CancelKind.TRIGGERED,
    "linkRef": CancelKind.LINKED,
}


class CancelEntry(WireModel):
    """One thing to cancel: an alert, a scheduled alert, a trigger, or all alerts of a link."""

    alert_id: Annotated[Id | None, Field(description="a live alert")] = None
    alert_ref: Annotated[Id | None, Field(description="the same as `alertId`")] = None
    scheduled_alert_id: Annotated[Id | None, Field(description="a scheduled alert")] = None
    schedule_id: Annotated[Id | None, Field(description="the same as `scheduledAlertId`")] = None
    triggered: Annotated[StoreChoice | None, Field(description="the triggers of a stored alert")] = None
    link_ref: Annotated[LinkRef | None, Field(description="every alert of this link, sent or still to come")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """An entry names exactly one thing, by one or both of its names."""
        named = set_in(raw, *_KINDS)
        if not named:
            yield Fault("/alertId", "REQUIRED", "give `alertId`, `scheduledAlertId`, `triggered` or `linkRef`")
        elif len({_KINDS[name] for name in named}) > 1:
            yield Fault(f"/{named[-1]}", "CONFLICT", f"give only one of {' or '.join(f'`{name}`' for name in named)}")
        elif len(named) > 1 and raw[named[0]] != raw[named[1]]:
            yield Fault(
                f"/{named[1]}", "CONFLICT", f"is another one than `{named[0]}`; they are two names of one thing"
            )

    def element(self) -> CancelElement:
        """Return the entry as the use case takes it."""
        if alert := self.alert_id or self.alert_ref:
            return CancelElement(CancelKind.ALERT, AlertRef(alert))
        if schedule := self.scheduled_alert_id or self.schedule_id:
            return CancelElement(CancelKind.SCHEDULED, schedule=ScheduleId(schedule))
        if self.triggered is not None:
            return CancelElement(CancelKind.TRIGGERED, store=store_ref(self.triggered))
        return CancelElement(CancelKind.LINKED, link_ref=self.link_ref)

    def name(self) -> dict[str, Any]:
        """Return the names of the entry for the response."""
        if alert := self.alert_id or self.alert_ref:
            return {"alertId": alert, "alertRef": alert}
        if schedule := self.scheduled_alert_id or self.schedule_id:
            return {"scheduledAlertId": schedule, "scheduleId": schedule}
        if (store := store_ref(self.triggered)) is not None:
            named = {"storeId": store.store_id, "storeName": store.name}
            return {"triggered": {name: value for name, value in named.items() if value is not None}}
        return {"linkRef": self.link_ref} if self.link_ref else {}


class CancelAlertsBody(WireModel):
    """Stop messages that have not been sent."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    cancel: Annotated[list[CancelEntry], Field(min_length=1, max_length=limits.CANCELS_PER_CALL)]


@_EXACT
class CancelledTriggers(TypedDict):
    """Which stored alert, as the request named it."""

    storeId: NotRequired[str]
    storeName: NotRequired[str]


@_EXACT
class CancelEntryAnswer(TypedDict):
    """The result of one entry."""

    success: bool
    alertId: NotRequired[str]
    alertRef: NotRequired[str]
    scheduledAlertId: NotRequired[str]
    scheduleId: NotRequired[str]
    triggered: NotRequired[CancelledTriggers]
    linkRef: NotRequired[str]
    cancelledAt: NotRequired[Annotated[str, Field(description="when; the first time if it was cancelled before")]]
    stoppedCount: NotRequired[Annotated[int, Field(description="messages that never go out")]]
    mayStillGoCount: NotRequired[
        Annotated[int, Field(description="the other messages without a final state: a worker was about to send them")]
    ]
    openCount: NotRequired[Annotated[int, Field(description="the sum of both")]]
    failureReason: NotRequired[str]
    failureCode: NotRequired[
        Annotated[codes.FaultCode | codes.ErrorCode, Field(description="`NOT_FOUND` for an unknown `linkRef`")]
    ]


@_EXACT
class CancelAnswer(TypedDict):
    """At least one entry was cancelled."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    cancel: Annotated[list[CancelEntryAnswer], Field(description="in request order")]


@_EXACT
class NothingCancelledAnswer(FailedAnswer):
    """No entry could be cancelled."""

    cancel: NotRequired[list[CancelEntryAnswer]]


def cancel_entries(body: CancelAlertsBody, results: Sequence[CancelItemResult]) -> list[CancelEntryAnswer]:
    """Return the result of each entry, in request order."""
    return [_entry(entry, result) for entry, result in zip(body.cancel, results, strict=True)]


def _entry(named: CancelEntry, result: CancelItemResult) -> CancelEntryAnswer:
    entry: CancelEntryAnswer = {"success": result.success, **named.name()}  # type: ignore[typeddict-item]
    if result.cancelled_at is not None:
        entry["cancelledAt"] = wire_time(result.cancelled_at)
    if result.messages is not None:
        entry["stoppedCount"] = result.messages.stopped
        entry["mayStillGoCount"] = result.messages.may_still_go
        entry["openCount"] = result.messages.open
    if result.failure_reason is not None:
        entry["failureReason"] = result.failure_reason
        entry["failureCode"] = result.failure_code
    return entry
