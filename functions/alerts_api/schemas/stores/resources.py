"""Stores as resources: what the GETs return, and contacts and sets as they are put."""

from __future__ import annotations

import json
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas.codes import OneOf
from tocsin.contacts.domain.contact_group_json import contact_data
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.stored_content.application.read_stores import ContactPage
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.stored_content.domain.validation import RECORDED
from tocsin.stored_content.ports import StorePage
from tocsin.voice.domain.speech import MILLISECONDS

_EXACT = with_config(ConfigDict(extra="forbid"))

LARGEST_SHOWN = 1_000_000
"""Most bytes of content in one answer."""

_OBJECTS = frozenset({ContentType.ALERT, ContentType.CONTACT_GROUP})


@_EXACT
class StoreResource(TypedDict):
    """A store, without what it holds."""

    store_id: str
    name: str | None
    tag: str
    content_type: Annotated[str, OneOf(ContentType)]
    company: Annotated[str | None, Field(description="the sub-unit that it belongs to; null: the whole account")]
    created_at: str
    expires_at: Annotated[str | None, Field(description="when it is removed unless it is used before; null = never")]


@_EXACT
class StoreContentResource(StoreResource):
    """A store, with what it holds, in the form of `/storecontent`."""

    size: Annotated[int, Field(description="bytes of the content, in UTF-8")]
    content: Annotated[
        str | dict[str, Any] | None,
        Field(description="text, an object if it is an alert or group, or recorded voice in base64; null: over 1 MB"),
    ]
    content_encoding: Annotated[str, OneOf(("utf8", "base64", "json")), Field(description="how `content` is written")]
    fields: Annotated[
        dict[str, Any],
        Field(description="the other fields of its type. A recording is kept as `wav`, whatever form it came in"),
    ]
    seconds: Annotated[float | None, Field(description="how long a recording is; null: it is none")]


@_EXACT
class StoreListResource(TypedDict):
    """Stores by their ids. A page may be short while `next_cursor` says that more follows."""

    items: list[StoreResource]
    next_cursor: Annotated[str | None, Field(description="give it as `cursor` for what follows; null at the end")]


@_EXACT
class ContactResource(TypedDict):
    """A contact of a stored group, as `/storecontent` takes it. Empty fields are missing."""

    id: NotRequired[Annotated[str, Field(description="in a request: the id in the path, or missing")]]
    sms: NotRequired[str]
    email: NotRequired[str]
    call: NotRequired[str]
    lookups: NotRequired[dict[str, str]]
    quietHours: NotRequired[
        Annotated[str | dict[str, str], Field(description="`none`, or an object with `from`, `to` and perhaps `zone`")]
    ]


@_EXACT
class ContactListResource(TypedDict):
    """Contacts by their ids."""

    items: list[ContactResource]
    next_cursor: Annotated[str | None, Field(description="give it as `cursor` for what follows; null at the end")]


@_EXACT
class ContactSetResource(TypedDict):
    """A set of a stored group."""

    name: NotRequired[Annotated[str, Field(description="in a request: the name in the path, or missing")]]
    ids: Annotated[list[str], Field(description="contacts of the group")]


def store_list(page: StorePage) -> StoreListResource:
    """Return a page of stores."""
    return {"items": [store_resource(store) for store in page.stores], "next_cursor": page.next}


def store_resource(store: StoredContent) -> StoreResource:
    """Return a store without what it holds."""
    return {
        "store_id": store.store_id,
        "name": store.name,
        "tag": store.tag,
        "content_type": store.type.value,
        "company": store.made.company,
        "created_at": wire_time(store.created_at),
        "expires_at": None if store.expires_at is None else wire_time(store.expires_at),
    }


def store_content_resource(store: StoredContent) -> StoreContentResource:
    """Return a store with what it holds, unless that is over LARGEST_SHOWN."""
    size = len(store.content.encode("utf-8", "replace"))
    encoding = "json" if store.type in _OBJECTS else "utf8"
    if store.extras.get("voiceFormat") in RECORDED:
        encoding = "base64"
    content: str | dict[str, Any] | None = None
    if size <= LARGEST_SHOWN:
        content = json.loads(store.content) if encoding == "json" else store.content
    return {
        **store_resource(store),
        "size": size,
        "content": content,
        "content_encoding": encoding,
        "fields": {name: value for name, value in store.extras.items() if name != MILLISECONDS},
        "seconds": None if (length := store.extras.get(MILLISECONDS)) is None else round(length / 1_000, 1),
    }


def contact_list(page: ContactPage) -> dict[str, Any]:
    """Return a page of contacts."""
    return {"items": [contact_data(contact) for contact in page.contacts], "next_cursor": page.next}
