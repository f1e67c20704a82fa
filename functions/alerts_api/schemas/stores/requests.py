"""Request of `/storecontent`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic import Tag as Branch

from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.alert import CONTACT_GROUP_SCHEMA, StoredAlert
from tocsin.entrypoint.alert_body.elements import body_faults
from tocsin.entrypoint.alert_body.voice import TextToSpeech, VoiceFormat, voice_faults
from tocsin.entrypoint.alert_body.words import (
    Boundary,
    ClientRef,
    ContentTypeHeader,
    Encoding,
    Name,
    Span,
    Tag,
    Version,
    decoded,
    lifetime_of,
    text_fault,
    unbroken,
)
from tocsin.entrypoint.http.compact_json import compact
from tocsin.entrypoint.http.strict_json import parse_text
from tocsin.entrypoint.http.wire import WireModel, by_kind, kind_faults, read, set_in
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.warnings import Warned, WarningCode
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import ContentType

_OF_A_CALL = frozenset({"version", "apiKey"})
_NOT_KEPT = "belongs to a call and was not kept with the stored alert"

CONTENT_TYPES = tuple(kind.value for kind in ContentType)


class StoreOptions(WireModel):
    """How long a store lives without being used. Needs the right `canSetLifetime`."""

    lifetime: Annotated[Span | None, Field(description="like 30d; 0d = for ever")] = None
    expiration_in_days: Annotated[
        int | None, Field(ge=0, le=36_500, description="older form of `lifetime`; 0 = for ever")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body has one form of the lifetime at most."""
        if len(set_in(raw, "lifetime", "expirationInDays")) > 1:
            yield Fault("/expirationInDays", "CONFLICT", "give only one of `lifetime` or `expirationInDays`")

    def span(self) -> Lifetime | None:
        """Return the lifetime, None if none is given."""
        if self.expiration_in_days is not None:
            return lifetime_of(f"{self.expiration_in_days}d")
        return lifetime_of(self.lifetime)


class StoreName(WireModel):
    """A name to find the store by. An existing store of this name and type is replaced."""

    store_name: Name


class StoreFields(WireModel):
    """Fields of every entry of `content`."""

    tag: Annotated[Tag, Field(description="your own name for this entry; it comes back in the answer")]
    content: Annotated[str, Field(description="what to keep")]
    content_encoding: Annotated[Encoding | None, Field(description="how `content` is written; default utf8")] = None
    store_details: StoreName | None = None
    options: StoreOptions | None = None

    kept: ClassVar[tuple[str, ...]] = ()
    """Fields that are stored with the content."""

    def text(self) -> str:
        """Return the content as it is stored."""
        return decoded(self.content, self.content_encoding)

    def element(self, kind: str, default: Lifetime | None) -> StoreElement:
        """Return the entry as the use case takes it."""
        dumped = self.model_dump(by_alias=True, exclude_none=True, include=set(self.kept))
        return StoreElement(
            type=ContentType(kind),
            tag=self.tag,
            content=self.text(),
            name=self.store_details.store_name if self.store_details else None,
            lifetime=(self.options.span() if self.options else None) or default,
            extras=dumped,
        )


class TextStore(StoreFields):
    """A text message, or a list in one line, separated by commas."""

    content_type: Literal["sms", "recipientList", "contactList", "contactSetList"]

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The text is not blank."""
        if fault := text_fault(raw.get("content"), raw.get("contentEncoding")):
            yield fault


class EmailStore(StoreFields):
    """The body of an email."""

    content_type: Literal["email"]
    email_body_is_multipart: bool = False
    email_body_content_type: ContentTypeHeader | None = None
    multipart_boundary: Boundary | None = None

    kept: ClassVar[tuple[str, ...]] = ("email_body_is_multipart", "email_body_content_type", "multipart_boundary")

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """A multipart body has a boundary."""
        return body_faults(raw)


class VoiceStore(StoreFields):
    """Recorded voice, or a text to read out."""

    content_type: Literal["call", "inboundCall"]
    voice_format: VoiceFormat | None = None
    tts: TextToSpeech | None = None

    kept: ClassVar[tuple[str, ...]] = ("voice_format", "tts")

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Spoken content has a format."""
        return voice_faults(raw)

    def text(self) -> str:
        """Return text, or recorded voice in base64."""
        return super().text() if self.voice_format == "tts" else unbroken(self.content)


class ObjectStore(WireModel):
    """An alert or a contact group. With `contentEncoding` `json` the content is the object itself."""

    content_type: Literal["alert", "contactGroup"]
    tag: Annotated[Tag, Field(description="your own name for this entry; it comes back in the answer")]
    content: Annotated[
        str | dict[str, Any],
        Field(
            description="the object, or its JSON text",
            json_schema_extra={
                "anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/StoredAlert"}, CONTACT_GROUP_SCHEMA]
            },
        ),
    ]
    content_encoding: Annotated[
        Literal["json", "base64", "utf8"] | None, Field(description="default: json for an object, utf8 for a text")
    ] = None
    store_details: StoreName | None = None
    options: StoreOptions | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The object is as valid as one in a call that sends at once."""
        try:
            found = object_of(raw.get("content"), raw.get("contentEncoding"))
            check = _CHECKS.get(raw["contentType"]) if isinstance(raw.get("contentType"), str) else None
            if check is not None and raw.get("content") is not None:
                check(found)
        except InvalidRequest as error:
            for fault in error.faults:
                yield Fault(f"/content{fault.pointer}", fault.code, fault.message)

    def element(self, kind: str, default: Lifetime | None) -> StoreElement:
        """Return the entry as the use case takes it."""
        given = object_of(self.content, self.content_encoding)
        kept = _without_call(given) if kind == ContentType.ALERT else given
        dropped = [name for name in given if name not in kept]
        return StoreElement(
            type=ContentType(kind),
            tag=self.tag,
            content=compact(kept),
            name=self.store_details.store_name if self.store_details else None,
            lifetime=(self.options.span() if self.options else None) or default,
            warnings=tuple(Warned(f"/content/{name}", WarningCode.DROPPED, _NOT_KEPT) for name in dropped),
        )


def object_of(content: Any, encoding: Any) -> Any:
    """Return the object in `content`, parsed if it is text.

    Raises:
        InvalidRequest: the content does not match `contentEncoding`.
    """
    if isinstance(content, dict):
        if encoding not in (None, "json"):
            raise InvalidRequest([Fault("", "CONFLICT", "an object goes with `contentEncoding` `json` only")])
        return content
    if not isinstance(content, str):
        return content
    try:
        return parse_text(decoded(content, encoding))
    except ValueError as error:
        raise InvalidRequest([Fault("", "BAD_BASE64", "is not valid base64 of UTF-8 text")]) from error


def _check_alert(found: Any) -> None:
    if not isinstance(found, dict):
        raise InvalidRequest([Fault("", "WRONG_TYPE", "must be an object")])
    read(StoredAlert, _without_call(found))


def _without_call(alert: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored form of a whole call that a client stores as an alert: without key and version."""
    return {name: value for name, value in alert.items() if name not in _OF_A_CALL}


_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "alert": _check_alert,
    "contactGroup": lambda found: contact_group_of(found, ""),
}

_BRANCHES = {
    **dict.fromkeys(("sms", "recipientList", "contactList", "contactSetList"), "text"),
    **dict.fromkeys(("call", "inboundCall"), "voice"),
    **dict.fromkeys(("alert", "contactGroup"), "object"),
}

StoreEntry = Annotated[
    Annotated[TextStore, Branch("<text>")]
    | Annotated[EmailStore, Branch("<email>")]
    | Annotated[VoiceStore, Branch("<voice>")]
    | Annotated[ObjectStore, Branch("<object>")],
    by_kind("contentType", branches=_BRANCHES),
]


class StoreContentBody(WireModel):
    """Keep content for later calls. It expires unless it is used."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    content: Annotated[
        list[StoreEntry], Field(min_length=1, max_length=limits.STORES_PER_CALL, description="what to store")
    ]
    options: Annotated[StoreOptions | None, Field(description="for entries that have none of their own")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Entries have a known type; no two have the same name and type."""
        names: set[tuple[Any, str]] = set()
        entries = raw.get("content")
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            yield from kind_faults(entry, f"/content/{index}", "contentType", CONTENT_TYPES)
            details = entry.get("storeDetails") if isinstance(entry, dict) else None
            name = details.get("storeName") if isinstance(details, dict) else None
            if isinstance(name, str) and isinstance(entry.get("contentType"), str):
                if (entry["contentType"], name) in names:
                    message = "another entry of this call has the same name and type"
                    yield Fault(f"/content/{index}/storeDetails/storeName", "DUPLICATE", message)
                names.add((entry["contentType"], name))

    def to_elements(self) -> tuple[StoreElement, ...]:
        """Return the entries as the use case takes them."""
        default = self.options.span() if self.options else None
        return tuple(entry.element(entry.content_type, default) for entry in self.content)
