"""Optional blocks of an alert: linked alerts, lookups, schedule, time windows, trigger, deferral."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema
from pydantic.functional_validators import PlainValidator

from tocsin.alerts.domain.features import LinkOptions, ScheduleOptions, TriggerKind, TriggerOptions, TriggerWord
from tocsin.alerts.domain.request import DeferralOptions
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.repeat import parse_interval
from tocsin.calendar.domain.time_window import TimeWindow, parse_time_window
from tocsin.content.domain.options import LookupOptions
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.receivers import StoreChoice, store_ref
from tocsin.entrypoint.alert_body.words import (
    Delay,
    FixedSpan,
    Form,
    Instant,
    LinkRef,
    Name,
    ShortlinkReference,
    Span,
    Start,
    Tag,
    WebUrl,
    lifetime_of,
    parse_fixed,
    parse_instant,
    parse_start,
)
from tocsin.entrypoint.http.wire import WireModel, mistake, parsed_by, set_in
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.triggers.domain.keyword import LOOKED_AT

RESPONSES = tuple(kind.value for kind in ResponseKind)
"""Ways in which a person may have responded to an earlier alert of a linked set."""


class LinkedAlerts(WireModel):
    """Makes this alert a member of a linked set. A contact who responded to one alert can be excluded from the next."""

    link_ref: Annotated[
        LinkRef,
        Field(description="names the set; its first alert brings the contactGroup, and the others use that one"),
    ]
    lifetime: Annotated[
        Span | None, Field(description="lifetime of the set, default 30d; only that of its first alert counts")
    ] = None
    link_only_if_ref_already_exists: Annotated[bool, Field(description="fail rather than begin a new set")] = False
    cancel_cancellation: Annotated[bool, Field(description="lift an earlier cancellation of the set")] = False

    def to_options(self) -> LinkOptions:
        """Return the set as the use case takes it."""
        return LinkOptions(
            self.link_ref, lifetime_of(self.lifetime), self.link_only_if_ref_already_exists, self.cancel_cancellation
        )


def _responses(value: str) -> str:
    words = [word.strip() for word in value.split(",")]
    if any(word not in RESPONSES for word in words):
        mistake("NOT_ALLOWED", "must be a list of " + ", ".join(f"`{word}`" for word in RESPONSES))
    return value


class Except(WireModel):
    """Contacts to exclude."""

    previously_seen: Annotated[
        Annotated[str, AfterValidator(_responses)] | None,
        Field(description="contacts who responded in one of these ways: a list of sms, email, call, shortlink, marked"),
    ] = None


class LinkedAlertModifiers(WireModel):
    """How an element of a linked alert differs from the earlier ones."""

    # `except` is a keyword of Python
    excluding: Annotated[Except | None, Field(alias="except")] = None

    def except_responded(self) -> frozenset[ResponseKind]:
        """Return the ways of answering that leave a contact out."""
        if self.excluding is None or self.excluding.previously_seen is None:
            return frozenset()
        return frozenset(ResponseKind(word.strip()) for word in self.excluding.previously_seen.split(","))


class Shortlink(WireModel):
    """A short URL of each recipient's own, written `{shortlink}` in the content."""

    reference: Annotated[
        ShortlinkReference | None, Field(description="your own name for it; default: the call's clientRef")
    ] = None
    url: Annotated[
        WebUrl | None,
        Field(
            description="where it leads; who clicked is added to its query (`reference`, `alertid`, `contactid` or "
            "`recipient`, `type`, `tag`); default: a page that says thank you"
        ),
    ] = None
    confirm: Annotated[
        bool | None,
        Field(
            description="whether a visit shows our page with one button first, which the receiver presses; default: "
            "true without `url`, if the alert escalates or is linked, or if `reference` is the keyword of a trigger; "
            "false with `clickCounts`. With `false`, visits set no trigger off unless `clickCounts`"
        ),
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """A link without a page of its own shows ours."""
        if raw.get("confirm") is False and not set_in(raw, "url"):
            yield Fault("/confirm", "CONFLICT", "`false` only goes with a `url`: nothing else would be shown")


class Lookups(WireModel):
    """Replacement of `{keywords}` in the content."""

    perform_lookups: Annotated[bool, Field(description="the main switch")] = False
    unique_lookups: Annotated[
        bool,
        Field(
            description="values that differ between recipients are used; at most 500 recipients a call, unless your "
            "operator allows your key more"
        ),
    ] = False
    shortlink: Shortlink | None = None

    def to_options(self) -> LookupOptions | None:
        """Return what is to be replaced, None for nothing. A short link turns on both kinds of lookups."""
        if self.shortlink is not None:
            return LookupOptions(True, True, self.shortlink.reference, self.shortlink.url, self.shortlink.confirm)
        return LookupOptions(self.unique_lookups) if self.perform_lookups else None


class Schedule(WireModel):
    """When to send, and how often."""

    start: Annotated[Start, Field(description="`now` or a time")]
    delay: Annotated[Delay, Field(description="added to `start`")] = "1h"
    repeat: Annotated[Delay | None, Field(description="from one run to the next")] = None
    paused: Annotated[bool, Field(description="create it paused")] = False
    end: Annotated[Instant | None, Field(description="no run after this; required with `repeat`")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """A repetition ends."""
        if raw.get("repeat") is not None and raw.get("end") is None:
            yield Fault("/end", "REQUIRED", "is required with `repeat`")

    def to_options(self) -> ScheduleOptions:
        """Return the schedule as the use case takes it."""
        return ScheduleOptions(
            start=parse_start(self.start),
            delay=parse_interval(self.delay),
            repeat=parse_interval(self.repeat) if self.repeat else None,
            paused=self.paused,
            end=parse_instant(self.end) if self.end else None,
        )


_PART = r"(?:\*|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)?(?:,[A-Za-z0-9]+(?:-[A-Za-z0-9]+)?)*)"
_TIME = r"(?:\*|(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)"

_LONGEST_WINDOW = 200


def _time_window(raw: Any) -> TimeWindow:
    if not isinstance(raw, str):
        raise InvalidRequest([Fault("", "WRONG_TYPE", "must be a string")])
    if len(raw) > _LONGEST_WINDOW:
        raise InvalidRequest([Fault("", "TOO_LONG", f"must have at most {_LONGEST_WINDOW} characters")])
    return parse_time_window(raw)


Window = Annotated[
    TimeWindow,
    PlainValidator(parsed_by(_time_window)),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": _LONGEST_WINDOW,
            "pattern": f"^{_PART};{_PART};{_PART};{_TIME};{_TIME}$",
            "description": "`months;days;weekdays;start;end` in your account's time zone. `*` is any, and for times "
            "the whole day; numbers, ranges, lists, names (`jan`, `mon`); weekdays count from 1 = Monday. The end is "
            "not part of the window; one that ends before it starts goes over midnight and belongs to the day it "
            "begins on",
            "examples": ["*;*;1-5;09:00:00;17:00:00"],
        }
    ),
]


class TriggerEntry(WireModel):
    """One keyword that fires the alert."""

    type: Literal["sms", "email", "shortlink"]
    keyword: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LOOKED_AT,
            description="in any case; a word of its own in the first 40 characters of a text or a subject, or the "
            "`shortlink.reference` of a link whose button is pressed",
        ),
        Form(r"[^\s\x00-\x1f\x7f\ud800-\udfff]+", "be one word without blanks"),
    ]
    tag: Annotated[Tag, Field(description="comes back in the event `keyword`")]


class Trigger(WireModel):
    """Keep the alert and send it when a person writes a keyword or answers by a link.

    With `storeDetails` a stored alert waits instead, and this one is sent now, for example with links that fire it.
    """

    triggers: Annotated[list[TriggerEntry], Field(min_length=1, max_length=limits.TRIGGERS)]
    minimum_repeat_interval: Annotated[FixedSpan, Field(description="least time between two runs")] = "1m"
    maximum_repeats: Annotated[int, Field(ge=0, le=1_000_000, description="0 = without end")] = 0
    store_details: Annotated[StoreChoice | None, Field(description="the stored alert that is fired")] = None

    def to_options(self) -> TriggerOptions:
        """Return the trigger as the use case takes it."""
        return TriggerOptions(
            tuple(TriggerWord(TriggerKind(word.type), word.keyword, word.tag) for word in self.triggers),
            parse_fixed(self.minimum_repeat_interval),
            self.maximum_repeats,
            store_ref(self.store_details),
        )


class Deferral(WireModel):
    """Store the alert instead of sending it."""

    defer: bool = True
    store_name: Name | None = None

    def to_options(self) -> DeferralOptions | None:
        """Return the deferral as the use case takes it; None sends at once."""
        return DeferralOptions(self.store_name) if self.defer else None
