"""Request of `/deletecontent`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.words import ClientRef, IdOrAll, Tag, Version
from tocsin.entrypoint.http.wire import WireModel
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.domain.store_request import DeleteElement, DeleteRequest
from tocsin.stored_content.domain.stored_content import ContentType


class DeleteEntry(WireModel):
    """One store, or with `storeId` `all` every store of one type."""

    store_id: Annotated[IdOrAll, Field(description="id of the store, or `all`")]
    content_type: Annotated[
        Literal[
            "call",
            "sms",
            "email",
            "inboundCall",
            "recipientList",
            "alert",
            "contactGroup",
            "contactList",
            "contactSetList",
        ]
        | None,
        Field(description="required with `all`"),
    ] = None
    tag: Annotated[Tag | None, Field(description="required for a single store")] = None
    end_waiting: Annotated[
        bool, Field(description="cancel the schedules and end the triggers that wait for the store, and remove it")
    ] = False

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """An entry names all stores of a type, or one store with a tag."""
        if raw.get("storeId") == "all":
            if raw.get("contentType") is None:
                yield Fault("/contentType", "REQUIRED", "is required with `storeId` `all`")
        elif raw.get("tag") is None:
            yield Fault("/tag", "REQUIRED", "is required")

    def element(self) -> DeleteElement:
        """Return the entry as the use case takes it."""
        return DeleteElement(
            store_id=None if self.store_id == "all" else StoreId(self.store_id),
            type=ContentType(self.content_type) if self.content_type else None,
            tag=self.tag,
            end_waiting=self.end_waiting,
        )


class DeleteContentBody(WireModel):
    """Remove stored content."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    content: Annotated[
        list[DeleteEntry] | None, Field(min_length=1, max_length=limits.DELETES_PER_CALL, description="what to remove")
    ] = None
    all: Annotated[
        bool, Field(description="remove every store of this key; those that something waits for stay, and are listed")
    ] = False
    end_waiting: Annotated[bool, Field(description="of every entry")] = False

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body has either `content` or `all`."""
        if raw.get("all") is True and raw.get("content") is not None:
            yield Fault("/content", "CONFLICT", "give only one of `content` or `all`")
        elif raw.get("all") is not True and raw.get("content") is None:
            yield Fault("/content", "REQUIRED", "give `content`, or `all: true` to remove everything")

    def to_request(self) -> DeleteRequest:
        """Return the call as the use case takes it."""
        return DeleteRequest(
            tuple(entry.element() for entry in self.content or ()), everything=self.all, end_waiting=self.end_waiting
        )
