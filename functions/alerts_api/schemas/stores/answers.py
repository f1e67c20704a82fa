"""Responses of `/storecontent` and `/deletecontent`."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.answers import FailedAnswer, WarningEntry, warning_entries
from alerts_api.schemas.codes import OneOf
from tocsin.stored_content.domain.store_request import StoreItemResult, StoreResult, WaitingKind
from tocsin.stored_content.domain.stored_content import ContentType

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class WaitingEntry(TypedDict):
    """What waits for a store."""

    kind: Annotated[str, OneOf(WaitingKind)]
    id: Annotated[str, Field(description="of the schedule; of a trigger, the store that it sends")]
    storeId: Annotated[str, Field(description="the store that it needs")]


@_EXACT
class StoreEntryAnswer(TypedDict):
    """The result of one entry."""

    success: bool
    tag: str | None
    contentType: Annotated[str, OneOf(ContentType)] | None
    storeId: str | None
    storeName: str | None
    expirationInDays: NotRequired[Annotated[int | None, Field(description="days it lives unused; 0 = for ever")]]
    deletedStoreIds: NotRequired[Annotated[list[str], Field(description="when more than one was asked for")]]
    failureReason: NotRequired[str]
    failureCode: NotRequired[
        Annotated[codes.FaultCode, Field(description="`IN_USE`: nothing was removed, because something waits for it")]
    ]
    waiting: NotRequired[Annotated[list[WaitingEntry], Field(description="why stores were not removed")]]
    warnings: NotRequired[Annotated[list[WarningEntry], Field(description="they change nothing of the result")]]


@_EXACT
class StoreAnswer(TypedDict):
    """At least one entry succeeded."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    content: Annotated[list[StoreEntryAnswer], Field(description="in request order")]


@_EXACT
class NothingStoredAnswer(FailedAnswer):
    """No entry succeeded."""

    content: NotRequired[list[StoreEntryAnswer]]


def store_entries(result: StoreResult) -> list[StoreEntryAnswer]:
    """Return what became of each entry, in request order."""
    return [_store_entry(item, f"/content/{index}") for index, item in enumerate(result.items)]


def failure_code(item: StoreItemResult) -> str:
    """Return the code of an entry that failed."""
    return "IN_USE" if item.in_use else "NOTHING_DONE"


def _store_entry(item: StoreItemResult, at: str) -> StoreEntryAnswer:
    entry: StoreEntryAnswer = {
        "success": item.success,
        "tag": item.tag,
        "contentType": None if item.type is None else item.type.value,
        "storeId": item.store_id,
        "storeName": item.name,
    }
    if item.expiration_in_days is not None:
        entry["expirationInDays"] = item.expiration_in_days
    if item.deleted is not None:
        entry["deletedStoreIds"] = list(item.deleted)
    if item.failure_reason is not None:
        entry["failureReason"] = item.failure_reason
        entry["failureCode"] = failure_code(item)
    if item.in_use:
        entry["waiting"] = [
            {"kind": each.kind.value, "id": each.id, "storeId": store}
            for store, waiting in item.in_use.items()
            for each in waiting
            if each.own
        ]
    if item.warnings:
        entry["warnings"] = warning_entries(item.warnings, at)
    return entry


def store_answer(result: StoreResult, client_ref: str | None) -> StoreAnswer:
    """Return the answer to a call of which something succeeded."""
    answer: StoreAnswer = {"success": True, "returnCode": 200, "content": store_entries(result)}
    if client_ref is not None:
        answer["clientRef"] = client_ref
    return answer
