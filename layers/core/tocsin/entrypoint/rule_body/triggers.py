"""Triggers of alert rules as clients write them: one shape of filters for each type of rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from tocsin.alert_rules.domain import limits
from tocsin.entrypoint.alert_body.words import NOT_BLANK, PRINTABLE, Form
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.kernel.domain.errors import Fault

Value = TypeVar("Value")
AnyOf = Annotated[list[Value], Field(min_length=1, max_length=limits.FILTER_VALUES)]
"""The values of a filter: any of them matches."""

Ref = Annotated[str, Field(min_length=1, max_length=128), Form(r"[!-~]+", "be an id or another name, without blanks")]
TimeOfDay = Annotated[str, Form(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", "be a time like 09:30, or 24:00")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Seconds = Annotated[int, Field(ge=0, le=limits.CALL_SECONDS)]
Tag = Annotated[
    str,
    Field(min_length=1, max_length=limits.TAG_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
]
Number = Tag
Part = Annotated[
    str,
    Field(min_length=1, max_length=limits.CONTAINS_CHARACTERS),
    Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
]
Numbers = Annotated[AnyOf[Number] | None, Field(description="numbers of the event, however written; absent = any")]
Lines = Annotated[AnyOf[Ref] | None, Field(description="ids, extensions or aliases; absent = any")]
CallStatus = Literal["answered", "missed", "voicemail", "abandoned", "busy", "failed", "transferred"]


class DurationBody(ResourceBody):
    """Length of a call in seconds, from the first ring to the end. Both ends are part of it."""

    min: Annotated[Seconds | None, Field(description="absent = 0")] = None
    max: Annotated[Seconds | None, Field(description="absent = any")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Judge the ends together."""
        least, most = raw.get("min"), raw.get("max")
        if least is None and most is None:
            yield Fault("", "REQUIRED", "give `min` or `max`")
        elif isinstance(least, int) and isinstance(most, int) and least > most:
            yield Fault("/max", "OUT_OF_RANGE", "must not be less than `min`")


class DailyHoursBody(ResourceBody):
    """Hours of the day in the account's zone. Those that end before they begin go on after midnight."""

    begin: Annotated[TimeOfDay, Field(alias="from", description="part of the hours")]
    to: Annotated[TimeOfDay, Field(description="not part of the hours")]
    days: Annotated[
        list[Day] | None, Field(min_length=1, max_length=7, description="on which the hours begin; absent = each day")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Judge the ends together."""
        if raw.get("from") is not None and raw.get("from") == raw.get("to"):
            yield Fault("/to", "CONFLICT", "must be another time than `from`; a whole day is 00:00 to 24:00")
        elif raw.get("from") == "24:00":
            yield Fault("/from", "WRONG_FORM", "must be a time up to 23:59")


class CallFiltersBody(ResourceBody):
    """Which finished calls a rule is about."""

    numbers: Numbers = None
    lines: Lines = None
    groups: Annotated[AnyOf[Ref] | None, Field(description="ids, numbers or aliases; absent = any")] = None
    directions: Annotated[
        AnyOf[Literal["incoming", "outgoing", "internal"]] | None, Field(description="absent = any")
    ] = None
    statuses: Annotated[AnyOf[CallStatus] | None, Field(description="what became of the call; absent = any")] = None
    tags: Annotated[AnyOf[Tag] | None, Field(description="whatever their case; absent = any")] = None
    duration: DurationBody | None = None
    time_of_day: Annotated[
        list[DailyHoursBody] | None,
        Field(min_length=1, max_length=limits.DAILY_HOURS, description="when the call started; absent = at any time"),
    ] = None


class SipFiltersBody(ResourceBody):
    """Which registrations a rule is about."""

    lines: Annotated[AnyOf[Ref], Field(description="ids, extensions or aliases")]
    events: Annotated[
        AnyOf[Literal["registered", "unregistered", "refreshed"]],
        Field(description="online, offline, and renewed while online"),
    ]


class SmsFiltersBody(ResourceBody):
    """Which text messages a rule is about."""

    numbers: Numbers = None
    lines: Lines = None
    users: Annotated[AnyOf[Ref] | None, Field(description="whose texts they are; absent = anybody's")] = None
    directions: Annotated[AnyOf[Literal["incoming", "outgoing"]] | None, Field(description="absent = both")] = None
    contains: Annotated[Part | None, Field(description="a part of the text, whatever its case")] = None


class _TriggerBody(ResourceBody):
    description: Annotated[
        str,
        Field(max_length=limits.TRIGGER_DESCRIPTION_CHARACTERS, description="history calls it `entity`"),
        Form(PRINTABLE, "be one line of text"),
    ] = ""


class CallTriggerBody(_TriggerBody):
    """One alternative of a rule about calls."""

    filters: CallFiltersBody = Field(default_factory=CallFiltersBody)


class SipTriggerBody(_TriggerBody):
    """One alternative of a rule about registrations."""

    filters: SipFiltersBody


class SmsTriggerBody(_TriggerBody):
    """One alternative of a rule about text messages."""

    filters: SmsFiltersBody = Field(default_factory=SmsFiltersBody)
