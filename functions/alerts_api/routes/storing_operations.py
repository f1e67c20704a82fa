"""`/storecontent`, `/deletecontent` and the resources below `/stores`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EDIT_ERRORS, EXAMPLE_STORE, RESOURCE_ERRORS, VERB_ERRORS, Operation
from alerts_api.routes.reading_operations import CURSOR, LIMIT
from alerts_api.schemas.stores.answers import NothingStoredAnswer, StoreAnswer
from alerts_api.schemas.stores.deletes import DeleteContentBody
from alerts_api.schemas.stores.requests import StoreContentBody
from alerts_api.schemas.stores.resources import (
    ContactListResource,
    ContactResource,
    ContactSetResource,
    StoreContentResource,
    StoreListResource,
)

_STORE_CONTENT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "content": [
        {
            "contentType": "recipientList",
            "tag": "on-call",
            "content": "+447700900001, +447700900002",
            "storeDetails": {"storeName": "on-call"},
        }
    ],
}

_STORE_CONTENT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "content": [
        {
            "success": True,
            "tag": "on-call",
            "contentType": "recipientList",
            "storeId": EXAMPLE_STORE,
            "storeName": "on-call",
            "expirationInDays": 30,
        }
    ],
}

_DELETE_CONTENT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "content": [{"storeId": EXAMPLE_STORE, "tag": "on-call"}],
}

_DELETE_CONTENT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "content": [
        {
            "success": True,
            "tag": "on-call",
            "contentType": "recipientList",
            "storeId": EXAMPLE_STORE,
            "storeName": "on-call",
        }
    ],
}

_STORE: dict[str, Any] = {
    "store_id": EXAMPLE_STORE,
    "name": "crew",
    "tag": "crew",
    "content_type": "contactGroup",
    "company": None,
    "created_at": "2026-11-21T12:00:00.000Z",
    "expires_at": "2026-12-21T12:00:00.000Z",
}

_CONTACT: dict[str, Any] = {"id": "ana", "sms": "+447700900001", "lookups": {"firstname": "Ana"}}
_SET: dict[str, Any] = {"name": "night", "ids": ["ana"]}

_KEPT = "What is accepted already, and the copy of a linked set, keep the group as it was."
_VERSION = "With `If-Match` (an `ETag` of an answer) another version than that is a 412."

OPERATIONS = (
    Operation(
        method="POST",
        path="/storecontent",
        name="storeContent",
        tags=("Stored content",),
        summary="Keep content for later calls",
        description=(
            "Texts, recorded voice, lists, contact groups and whole alerts, encrypted, found by id or by name. A store "
            "is removed if it is not used for its lifetime (30 days unless you may set another); each use renews it."
        ),
        bodies=(StoreContentBody,),
        answer=StoreAnswer,
        refusal=NothingStoredAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        for_company=True,
        request=_STORE_CONTENT_REQUEST,
        response=_STORE_CONTENT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/deletecontent",
        name="deleteContent",
        tags=("Stored content",),
        summary="Remove stored content",
        description=(
            "One store by its id, every store of a type (`storeId` `all`), or with `all: true` everything. A store "
            "that a schedule or a trigger needs stays: its entry fails with `IN_USE` and the list `waiting`, unless "
            "`endWaiting` is true. With `all`, the other stores are removed."
        ),
        bodies=(DeleteContentBody,),
        answer=StoreAnswer,
        refusal=NothingStoredAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=_DELETE_CONTENT_REQUEST,
        response=_DELETE_CONTENT_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/stores",
        name="listStores",
        tags=("Stored content",),
        summary="Your stores",
        description="The stores of your key by their ids, without what they hold. Needs `canReadStores`.",
        answer=StoreListResource,
        errors=RESOURCE_ERRORS,
        query=(LIMIT, CURSOR),
        response={"items": [_STORE], "next_cursor": None},
    ),
    Operation(
        method="GET",
        path="/stores/{store_id}",
        name="getStore",
        tags=("Stored content",),
        summary="One store and what it holds",
        description="Reading renews no store. Content over 1 MB is null, with its `size`. Needs `canReadStores`.",
        answer=StoreContentResource,
        errors=RESOURCE_ERRORS,
        response={
            **_STORE,
            "size": 105,
            "content": {"name": "crew", "contacts": [_CONTACT], "sets": [_SET]},
            "content_encoding": "json",
            "fields": {},
            "seconds": None,
        },
    ),
    Operation(
        method="GET",
        path="/stores/{store_id}/contacts",
        name="listContacts",
        tags=("Stored content",),
        summary="The contacts of a stored group",
        description="By their ids. Needs `canReadStores`.",
        answer=ContactListResource,
        errors=RESOURCE_ERRORS,
        query=(LIMIT, CURSOR),
        response={"items": [_CONTACT], "next_cursor": None},
    ),
    Operation(
        method="GET",
        path="/stores/{store_id}/contacts/{contact_id}",
        name="getContact",
        tags=("Stored content",),
        summary="One contact of a stored group",
        description="Its `ETag` can be given as `If-Match` to a PUT or DELETE. Needs `canReadStores`.",
        answer=ContactResource,
        errors=RESOURCE_ERRORS,
        response=_CONTACT,
    ),
    Operation(
        method="PUT",
        path="/stores/{store_id}/contacts/{contact_id}",
        name="putContact",
        tags=("Stored content",),
        summary="Put one contact into a stored group",
        description=(
            "Makes the contact (201), or replaces the one of this id (200). Of several calls at once all hold. A group "
            f"has 10,000 contacts at most. {_KEPT} {_VERSION}"
        ),
        bodies=(ContactResource,),
        answer=ContactResource,
        errors=EDIT_ERRORS,
        request={"sms": "+447700900001", "lookups": {"firstname": "Ana"}},
        response=_CONTACT,
    ),
    Operation(
        method="DELETE",
        path="/stores/{store_id}/contacts/{contact_id}",
        name="deleteContact",
        tags=("Stored content",),
        summary="Remove one contact from a stored group",
        description=f"It leaves the sets of the group too. The last contact stays: 409. {_KEPT} {_VERSION}",
        errors=EDIT_ERRORS,
    ),
    Operation(
        method="PUT",
        path="/stores/{store_id}/sets/{name}",
        name="putSet",
        tags=("Stored content",),
        summary="Put one set into a stored group",
        description=(
            "Makes the set (201), or replaces the one of this name (200). Every group has the set `all` already, which "
            f"cannot be put. {_KEPT} {_VERSION}"
        ),
        bodies=(ContactSetResource,),
        answer=ContactSetResource,
        errors=EDIT_ERRORS,
        request={"ids": ["ana"]},
        response=_SET,
    ),
    Operation(
        method="DELETE",
        path="/stores/{store_id}/sets/{name}",
        name="deleteSet",
        tags=("Stored content",),
        summary="Remove one set from a stored group",
        description=f"Its contacts stay. {_KEPT} {_VERSION}",
        errors=EDIT_ERRORS,
    ),
)
