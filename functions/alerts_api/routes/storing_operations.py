"""`/storecontent` and `/deletecontent`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_KEY, EXAMPLE_STORE, VERB_ERRORS, Operation
from alerts_api.schemas.deletes import DeleteContentBody
from alerts_api.schemas.store_answers import NothingStoredAnswer, StoreAnswer
from alerts_api.schemas.stores import StoreContentBody

_STORE_CONTENT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": EXAMPLE_KEY,
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
    "apiKey": EXAMPLE_KEY,
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
)
