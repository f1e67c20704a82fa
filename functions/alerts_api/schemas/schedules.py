"""Requests and responses about scheduled alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.answers import AlertEntry, ErrorEntry, FailedAnswer, alert_entries, send_answer
from alerts_api.schemas.nothing_sent import NAMED, NOTHING_ACCEPTED, ExcludedEntry, excluded_entries
from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.alerts.domain.result import SendResult
from tocsin.entrypoint.alert_body.features import Schedule
from tocsin.entrypoint.alert_body.receivers import StoreChoice, store_ref
from tocsin.entrypoint.alert_body.words import ClientRef, Id, Name, Version
from tocsin.entrypoint.http.wire import WireModel, one_of, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.schedules.domain.answer import Changed, Scheduled
from tocsin.schedules.domain.schedule import Schedule as Standing
from tocsin.schedules.domain.schedule import ScheduleId, ScheduleState, resumed
from tocsin.stored_content.domain.stored_content import StoreRef

_EXACT = with_config(ConfigDict(extra="forbid"))


class ScheduleStoredAlertBody(WireModel):
    """Send a stored alert later, once or again and again."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: Annotated[
        ClientRef | None, Field(description="default: the one in the store; one of the two must be there")
    ] = None
    store_id: Annotated[Id | None, Field(description="id of the stored alert; this or `storeName`")] = None
    store_name: Annotated[Name | None, Field(description="name of the stored alert; this or `storeId`")] = None
    schedule: Annotated[Schedule, Field(description="when, and how often")]

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body has exactly one of id and name."""
        return one_of(raw, "storeId", "storeName")

    def store(self) -> StoreRef:
        """Return the reference of the store."""
        found = store_ref(StoreChoice.model_construct(store_id=self.store_id, store_name=self.store_name))
        assert found is not None
        return found


class ScheduledAlertBody(WireModel):
    """One scheduled alert, under one or both of its names."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    scheduled_alert_id: Annotated[Id | None, Field(description="which")] = None
    schedule_id: Annotated[Id | None, Field(description="the same as `scheduledAlertId`")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body has one name or both, and both are equal."""
        named = set_in(raw, "scheduledAlertId", "scheduleId")
        if not named:
            yield Fault("/scheduledAlertId", "REQUIRED", "is required")
        elif len({str(raw[name]).lower() for name in named}) > 1:
            message = "is another one than `scheduledAlertId`; they are two names of one thing"
            yield Fault("/scheduleId", "CONFLICT", message)

    def id(self) -> ScheduleId:
        """Return the id of the schedule."""
        return ScheduleId(self.scheduled_alert_id or self.schedule_id or "")


_Next = Annotated[str | None, Field(description="when it is sent next, UTC; null while it is paused or over")]


@_EXACT
class ScheduledAnswer(TypedDict):
    """The alert is stored and scheduled. Each run has an `alertRef` of its own."""

    success: bool
    returnCode: int
    clientRef: str
    scheduleId: str
    scheduledAlertId: Annotated[str, Field(description="the same as scheduleId")]
    storeId: Annotated[str, Field(description="the store of the alert")]
    expirationInDays: Annotated[int, Field(description="days the store lives after its last use; 0 = for ever")]
    nextRunAt: _Next


@_EXACT
class DeferredAnswer(TypedDict):
    """The alert is stored and not sent."""

    success: bool
    returnCode: int
    clientRef: str
    storeId: str
    storeName: NotRequired[str]
    expirationInDays: Annotated[int, Field(description="days it lives unused; 0 = for ever")]


@_EXACT
class ChangedAnswer(TypedDict):
    """The state of the scheduled alert."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    scheduledAlertId: str
    scheduleId: str
    state: codes.ScheduleState
    nextRunAt: _Next


@_EXACT
class SendAlertsAnswer(TypedDict):
    """All alerts are accepted; each result is as in a call of its own."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    results: Annotated[list[dict[str, Any]], Field(description="one entry per alert, in request order")]


@_EXACT
class NoneSentEntry(TypedDict):
    """One alert of a call of which nothing was accepted; without a reason, the alert was valid."""

    success: bool
    clientRef: str
    failureReason: NotRequired[str]
    failureCode: NotRequired[codes.FaultCode]
    alerts: NotRequired[list[AlertEntry]]
    excluded: NotRequired[Annotated[list[ExcludedEntry], Field(description=NAMED)]]


@_EXACT
class NoneSentAnswer(FailedAnswer):
    """At least one alert could not be accepted, so none was."""

    results: NotRequired[list[NoneSentEntry]]


@_EXACT
class ScheduleInfo(TypedDict):
    """One scheduled alert."""

    scheduledAlertId: str
    storedAlertId: str
    paused: bool
    nextRunAt: Annotated[str | None, Field(description="of a paused one: when it would run if it were resumed now")]
    expires: Annotated[str | None, Field(description="no run after this")]
    repeats: Annotated[str | None, Field(description="from one run to the next; null = once")]
    runs: Annotated[int, Field(description="runs so far that sent something")]
    missed: Annotated[int, Field(description="runs that were skipped because they were over 15 minutes late")]
    lastRunAt: NotRequired[str]
    lastAlertId: NotRequired[str]
    lastFailure: NotRequired[Annotated[codes.RunFailure, Field(description="why the latest run sent nothing")]]


def scheduled_answer(result: Scheduled) -> ScheduledAnswer | DeferredAnswer:
    """Return the response to a call whose alert is stored."""
    if result.schedule_id is None:
        deferred: DeferredAnswer = {
            "success": True,
            "returnCode": 200,
            "clientRef": result.client_ref,
            "storeId": result.store_id,
            "expirationInDays": result.expiration_in_days,
        }
        return {**deferred, "storeName": result.store_name} if result.store_name is not None else deferred
    return {
        "success": True,
        "returnCode": 200,
        "clientRef": result.client_ref,
        "scheduleId": result.schedule_id,
        "scheduledAlertId": result.schedule_id,
        "storeId": result.store_id,
        "expirationInDays": result.expiration_in_days,
        "nextRunAt": wire_time(result.next_run_at) if result.next_run_at else None,
    }


def changed_answer(changed: Changed, client_ref: str | None) -> ChangedAnswer:
    """Return the answer to a pause, a resumption or a cancellation."""
    answer: ChangedAnswer = {
        "success": True,
        "returnCode": 200,
        "scheduledAlertId": changed.schedule_id,
        "scheduleId": changed.schedule_id,
        "state": changed.state.value,
        "nextRunAt": wire_time(changed.next_run_at) if changed.next_run_at else None,
    }
    return {**answer, "clientRef": client_ref} if client_ref is not None else answer


def together_answer(results: list[SendResult | Scheduled], client_ref: str | None) -> SendAlertsAnswer:
    """Return the answer to several alerts that were accepted."""
    told: list[dict[str, Any]] = [
        {**(scheduled_answer(each) if isinstance(each, Scheduled) else send_answer(each, f"/alerts/{index}"))}
        for index, each in enumerate(results)
    ]
    answer: SendAlertsAnswer = {"success": True, "returnCode": 200, "results": told}
    return {**answer, "clientRef": client_ref} if client_ref is not None else answer


def none_sent_answer(results: list[SendResult | Scheduled], client_ref: str | None, request_id: str) -> NoneSentAnswer:
    """Return the answer to several alerts of which none was accepted."""
    failed = {index: each for index, each in enumerate(results) if isinstance(each, SendResult) and not each.success}
    errors: list[ErrorEntry] = [
        {
            "pointer": f"/alerts/{index}",
            "code": NOTHING_ACCEPTED,
            "message": result.failure_reason or "nothing was sent",
        }
        for index, result in failed.items()
    ]
    answer: NoneSentAnswer = {
        "success": False,
        "returnCode": 422,
        "failureReason": "; ".join(f"alert {error['pointer'][8:]}: {error['message']}" for error in errors),
        "failureCode": NOTHING_ACCEPTED,
        "errors": errors,
        "requestId": request_id,
        "results": [_none_sent(result, f"/alerts/{index}") for index, result in enumerate(results)],
    }
    return {**answer, "clientRef": client_ref} if client_ref is not None else answer


def _none_sent(result: SendResult | Scheduled, at: str) -> NoneSentEntry:
    entry: NoneSentEntry = {"success": False, "clientRef": result.client_ref}
    if isinstance(result, SendResult):
        entry["alerts"] = alert_entries(result)
        entry["excluded"] = excluded_entries(result, at)
        if result.failure_reason is not None:
            entry["failureReason"] = result.failure_reason
            entry["failureCode"] = NOTHING_ACCEPTED
    return entry


def schedule_info(schedule: Standing, now: datetime) -> ScheduleInfo:
    """Return a scheduled alert for `/getinfo`."""
    coming = resumed(schedule, now).next_at
    info: ScheduleInfo = {
        "scheduledAlertId": schedule.id,
        "storedAlertId": schedule.store_id,
        "paused": schedule.state is ScheduleState.PAUSED,
        "nextRunAt": wire_time(coming) if coming else None,
        "expires": wire_time(schedule.end) if schedule.end else None,
        "repeats": str(schedule.interval) or None,
        "runs": schedule.runs,
        "missed": schedule.missed,
    }
    if schedule.last_at is not None:
        info["lastRunAt"] = wire_time(schedule.last_at)
    if schedule.last_alert is not None:
        info["lastAlertId"] = schedule.last_alert
    if schedule.last_failure is not None:
        info["lastFailure"] = schedule.last_failure.value
    return info
