"""Valid `/storecontent` and `/deletecontent` requests, and their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.domain.warnings import Warned
from tocsin.stored_content.domain.stored_content import ContentType


@dataclass(frozen=True, slots=True)
class StoreElement:
    """One entry of the `content` array of `/storecontent`.

    Attributes:
        content: decoded, in the form of `StoredContent.content`: text; JSON text for alert and contactGroup;
            base64 text for recorded voice.
        name: `storeDetails.storeName`; a store of the same type and name is replaced.
        lifetime: time without use until it expires; None = UNUSED_LIFETIME.
        extras: the other fields of its type, by their names in the API.
        warnings: what of the entry was not kept; their pointers begin at the entry.
    """

    type: ContentType
    tag: str
    content: str
    name: str | None = None
    lifetime: Lifetime | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()


class WaitingKind(StrEnum):
    """What waits to send a stored alert."""

    SCHEDULE = "schedule"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What needs a store later.

    Attributes:
        id: of the schedule, or of the stored alert that the trigger sends.
        own: False = it is out of the caller's range: the caller is not told its id, and cannot end it.
    """

    kind: WaitingKind
    id: str
    own: bool = True


@dataclass(frozen=True, slots=True)
class DeleteElement:
    """One entry of the `content` array of `/deletecontent`: one store by id; without an id, every store of `type`.

    Attributes:
        end_waiting: what waits for the store is cancelled, and the store is removed.
    """

    store_id: StoreId | None = None
    type: ContentType | None = None
    tag: str | None = None
    end_waiting: bool = False


@dataclass(frozen=True, slots=True)
class DeleteRequest:
    """One call of `/deletecontent`. `everything` removes all stores of the key; then `elements` is empty.

    Attributes:
        end_waiting: of all elements.
    """

    elements: tuple[DeleteElement, ...] = ()
    everything: bool = False
    end_waiting: bool = False


@dataclass(frozen=True, slots=True)
class StoreItemResult:
    """The result of one entry.

    Attributes:
        type: None = unknown, for example after deleting everything.
        expiration_in_days: days without use until it expires, rounded up; 0 = never; None = nothing was stored.
        deleted: ids of removed stores; None = the entry did not name several stores.
        in_use: why stores were not removed: what waits for each.
        warnings: their pointers begin at the entry.
    """

    success: bool
    tag: str | None
    type: ContentType | None
    store_id: StoreId | None = None
    name: str | None = None
    expiration_in_days: int | None = None
    deleted: tuple[StoreId, ...] | None = None
    failure_reason: str | None = None
    in_use: Mapping[StoreId, Sequence[Waiting]] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreResult:
    """The answer to one call, items in request order. `success` is False only if every entry failed."""

    items: tuple[StoreItemResult, ...]

    @property
    def success(self) -> bool:
        """Whether at least one entry succeeded."""
        return any(item.success for item in self.items)

    @property
    def failure_reason(self) -> str | None:
        """The reasons of all entries in one line when none succeeded, else None."""
        if self.success:
            return None
        return "; ".join(dict.fromkeys(item.failure_reason or "nothing to do" for item in self.items))
