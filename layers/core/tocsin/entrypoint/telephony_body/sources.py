"""Event sources as calls have them, and as answers show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from tocsin.calendar.domain.lifetime import span_written
from tocsin.entrypoint.alert_body.words import Form, parse_fixed
from tocsin.entrypoint.directory_body.shapes import Name, Zone
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import mistake, one_of, read
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.manage_sources import MASK, told
from tocsin.telephony.domain.event_source import GENERIC, LIVE_SECRETS, NATIVE, EventSource, ExpectEvery, Refreshes
from tocsin.telephony.domain.mappings.compiler import compiled
from tocsin.telephony.domain.mappings.shipped import SHIPPED
from tocsin.telephony.domain.payload_body import MOST_BYTES
from tocsin.telephony.domain.request_signatures import SIGNATURES
from tocsin.telephony.domain.set_up import SetUp

KindWord = Literal[
    "native", "freeswitch", "asterisk", "yeastar", "twilio", "telnyx", "3cx", "fspbx", "connect", "generic"
]
assert set(get_args(KindWord)) == {NATIVE, GENERIC, *SHIPPED}
SignatureWord = Literal["twilio", "telnyx", "fspbx", "didww"]
assert set(get_args(SignatureWord)) == set(SIGNATURES)
RefreshesWord = Literal["auto", "keep", "drop"]
assert set(get_args(RefreshesWord)) == set(Refreshes)

LONGEST_SETTLING = 300
"""Seconds that a call waits for another leg, at most."""


EXPECTED = timedelta(minutes=1), timedelta(days=31)
"""Shortest and longest `expect_every`."""


def _region(text: str) -> str:
    import phonenumbers

    if text not in phonenumbers.SUPPORTED_REGIONS:
        mistake("NOT_ALLOWED", "must be the ISO 3166 code of a country, like GB")
    return text


def expected_of(text: str) -> timedelta | ExpectEvery:
    """Return when a source counts as silent. Raises ValueError: no span, and none of the words."""
    return ExpectEvery(text) if text in set(ExpectEvery) else parse_fixed(text)


def _expected(text: str) -> str:
    try:
        span = expected_of(text)
    except ValueError:
        mistake("WRONG_FORM", "must be auto, off, or a span like 30m or 4h")
    least, most = EXPECTED
    if isinstance(span, timedelta) and not least <= span <= most:
        mistake("OUT_OF_RANGE", f"must be from {span_written(least)} to {span_written(most)}")
    return text


class SourceBody(ResourceBody):
    """An event source."""

    name: Annotated[Name, Field(max_length=100)]
    kind: Annotated[KindWord, Field(description="the telephone system; it never changes")]
    region: Annotated[
        str | None, AfterValidator(lambda text: text and _region(text)),
        Field(description="ISO 3166 country of national numbers; null = only international numbers are read"),
    ] = None  # fmt: skip
    zone: Annotated[Zone, Field(description="of local times in payloads")] = "UTC"
    internal: Annotated[
        list[Annotated[str, Field(max_length=32), Form(r"[0-9Xx*#+]+", "be digits, with X for any digit")]],
        Field(max_length=50, description="patterns of extensions, like 2XXX; empty: numbers of 2 to 6 digits"),
    ] = Field(default_factory=list)
    settle_seconds: Annotated[
        int, Field(ge=1, le=LONGEST_SETTLING, description="how long a call waits for another leg")
    ] = 10
    refreshes: Annotated[
        RefreshesWord, Field(description="of refreshed registrations: kept if a rule asks for them, always, or never")
    ] = "auto"
    mapping: Annotated[
        dict[str, Any] | None, Field(description="of the kind `generic`: how its payloads become events")
    ] = None
    signature: Annotated[SignatureWord | None, Field(description="the vendor that signs requests")] = None
    signing_keys: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=512)]],
        Field(max_length=LIVE_SECRETS, description=f"what it signs with, newest first; read as {MASK}, which keeps it"),
    ] = Field(default_factory=list)
    enabled: Annotated[bool, Field(description="a disabled source's requests are refused")] = True
    expect_every: Annotated[
        str, Field(json_schema_extra={"pattern": "^(auto|off|[0-9]{1,6}[wdhms])$"}, examples=["auto", "30m"]),
        AfterValidator(_expected),
        Field(description="a source that tells nothing for so long counts as silent: a span from 1m to 31d; auto: the "
        "span is learnt; off: never"),
    ] = "auto"  # fmt: skip

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Yield what is wrong with the mapping, and between mapping, kind, signature and keys."""
        mapping, kind = raw.get("mapping"), raw.get("kind")
        if kind == GENERIC and mapping is None:
            yield Fault("/mapping", "REQUIRED", "a source of the kind generic needs a mapping")
        if mapping is not None and kind in get_args(KindWord) and kind != GENERIC:
            yield Fault("/mapping", "CONFLICT", "only a source of the kind generic has a mapping")
        yield from mapping_faults(mapping)
        if raw.get("signature") is None and raw.get("signing_keys"):
            yield Fault("/signing_keys", "CONFLICT", "keys sign nothing without `signature`")
        if raw.get("signature") is not None and not raw.get("signing_keys"):
            yield Fault("/signing_keys", "REQUIRED", "a signature is checked with a key")


class TryBody(ResourceBody):
    """A payload to be mapped: `payload` as JSON, or `body` as the telephone system posts it."""

    payload: Annotated[dict[str, Any] | None, Field(description="one payload")] = None
    body: Annotated[str | None, Field(max_length=MOST_BYTES, description="JSON, or a form")] = None
    content_type: Annotated[str, Field(max_length=200, description="of `body`")] = "application/json"
    mapping: Annotated[dict[str, Any] | None, Field(description="tried in place of the source's own")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Yield faults of the mapping, and unless exactly one of payload and body is there."""
        yield from one_of(raw, "payload", "body")
        yield from mapping_faults(raw.get("mapping"))


def mapping_faults(mapping: object) -> Iterable[Fault]:
    """Yield everything that is wrong with a mapping; pointers begin with `/mapping`."""
    if not isinstance(mapping, dict):
        return
    try:
        compiled(mapping)
    except InvalidRequest as error:
        yield from (replace(fault, pointer=f"/mapping{fault.pointer}") for fault in error.faults)


def source_of(tenant: TenantId, fields: Mapping[str, Any], before: EventSource | None = None) -> EventSource:
    """Return a source as a body describes it.

    Args:
        fields: all settings.
        before: the source that is changed; its id, version and secrets stay. A masked signing key is kept.

    Raises:
        InvalidRequest: with every fault.
    """
    body = read(SourceBody, fields)
    start = before or EventSource(tenant, "", body.name, body.kind)
    return replace(
        start,
        name=body.name,
        kind=body.kind,
        region=body.region,
        zone=body.zone,
        internal=tuple(body.internal),
        settle_after=timedelta(seconds=body.settle_seconds),
        refreshes=Refreshes(body.refreshes),
        mapping=body.mapping,
        signature=body.signature,
        signing_keys=tuple(_with_kept(body.signing_keys, start.signing_keys)),
        enabled=body.enabled,
        expect_every=expected_of(body.expect_every),
    )


def _with_kept(written: Iterable[str], before: tuple[str, ...]) -> Iterable[str]:
    for index, key in enumerate(written):
        if key == MASK and index >= len(before):
            raise InvalidRequest([Fault(f"/signing_keys/{index}", "REQUIRED", "there is no key to keep; write it")])
        yield before[index] if key == MASK else key


def shown(source: EventSource, url: str) -> dict[str, Any]:
    """Return a source as answers show it."""
    return {
        "id": source.id, **told(source), "url": url, "secrets": len(source.secret_hashes), "version": source.version,
    }  # fmt: skip


def set_up_shown(text: SetUp) -> dict[str, str]:
    """Return a text to paste as answers show it."""
    return {"media_type": text.media_type, "text": text.text}
