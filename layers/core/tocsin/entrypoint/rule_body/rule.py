"""Alert rules as clients write them, judged with every fault and its pointer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tocsin.alert_rules.domain import limits
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.calendar.domain.lifetime import parse_lifetime, span_written
from tocsin.entrypoint.alert_body.words import NOT_BLANK, PRINTABLE, FixedSpan, Form, key_of
from tocsin.entrypoint.directory_body.shapes import Id
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import kind_faults, mistake, read
from tocsin.entrypoint.rule_body.actions import ACTIONS, TYPES, ActionBody, action_kind_faults
from tocsin.entrypoint.rule_body.triggers import CallTriggerBody, SipTriggerBody, SmsTriggerBody
from tocsin.kernel.domain.errors import Fault, InvalidRequest

Fields = Mapping[str, Any]
"""Fields of a rule or of a part of it, complete and valid in themselves; what is absent is not set."""


def _within(span: tuple[timedelta, timedelta]) -> AfterValidator:
    least, most = span

    def check(text: str) -> str:
        if not least <= parse_lifetime(text).duration <= most:
            mistake("OUT_OF_RANGE", f"must be from {span_written(least)} to {span_written(most)}")
        return text

    return AfterValidator(check)


class ThrottleBody(ResourceBody):
    """At most `max` matches are told in each window of `per`."""

    max: Annotated[int, Field(ge=1, le=10_000)]
    per: Annotated[FixedSpan, _within(limits.THROTTLE)]
    by: Annotated[Literal["rule", "line", "caller", "number", "group"], Field(description="what is counted apart")] = (
        "rule"
    )


class DigestBody(ResourceBody):
    """Mails are collected from the first match on."""

    every: Annotated[FixedSpan, _within(limits.DIGEST)]


class HoldBody(ResourceBody):
    """A line is told if it is offline still."""

    length: Annotated[FixedSpan, _within(limits.HOLD), Field(alias="for")]


class RuleOptionsBody(ResourceBody):
    """When a rule speaks."""

    throttle: ThrottleBody | None = None
    digest: DigestBody | None = None
    max_age: Annotated[
        FixedSpan, _within(limits.MAX_AGE), Field(description="events that come later after they happened are not told")
    ] = "1h"
    urgent: Annotated[bool, Field(description="before the messages of broadcasts")] = False


class SipRuleOptionsBody(RuleOptionsBody):
    """When a rule about registrations speaks."""

    hold: HoldBody | None = None


class RuleHeadBody(ResourceBody):
    """What a patch of a rule sets."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=limits.NAME_CHARACTERS),
        Form(f"{NOT_BLANK}{PRINTABLE}", "be one line of text, and not blank"),
        AfterValidator(key_of),
    ]
    description: Annotated[str, Field(max_length=limits.DESCRIPTION_CHARACTERS)] = ""
    enabled: Annotated[bool, Field(description="false: it matches nothing")] = True
    options: RuleOptionsBody = Field(default_factory=RuleOptionsBody)


class SipRuleHeadBody(RuleHeadBody):
    """What a patch of a rule about registrations sets."""

    options: SipRuleOptionsBody = Field(default_factory=SipRuleOptionsBody)


class _NewRuleBody(RuleHeadBody):
    owner: Annotated[Id | None, Field(description="a person; absent = who calls")] = None
    notifications: Annotated[list[ActionBody], Field(max_length=limits.ACTIONS)] = Field(default_factory=list)

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        return action_kind_faults(raw.get("notifications"))


class CallRuleBody(_NewRuleBody):
    """A new rule about finished calls."""

    type: Literal["call"]
    triggers: Annotated[list[CallTriggerBody], Field(max_length=limits.TRIGGERS)] = Field(default_factory=list)


class SipRuleBody(_NewRuleBody):
    """A new rule about registrations."""

    type: Literal["sip"]
    options: SipRuleOptionsBody = Field(default_factory=SipRuleOptionsBody)
    triggers: Annotated[list[SipTriggerBody], Field(max_length=limits.TRIGGERS)] = Field(default_factory=list)


class SmsRuleBody(_NewRuleBody):
    """A new rule about text messages."""

    type: Literal["sms"]
    triggers: Annotated[list[SmsTriggerBody], Field(max_length=limits.TRIGGERS)] = Field(default_factory=list)


_RULES: Mapping[str, type[ResourceBody]] = {"call": CallRuleBody, "sip": SipRuleBody, "sms": SmsRuleBody}
_HEADS: Mapping[RuleType, type[ResourceBody]] = {
    RuleType.CALL: RuleHeadBody,
    RuleType.SIP: SipRuleHeadBody,
    RuleType.SMS: RuleHeadBody,
}
_TRIGGERS: Mapping[RuleType, type[ResourceBody]] = {
    RuleType.CALL: CallTriggerBody,
    RuleType.SIP: SipTriggerBody,
    RuleType.SMS: SmsTriggerBody,
}


def read_rule(raw: Fields) -> Fields:
    """Return the fields of a new rule with its parts. Raises InvalidRequest with every fault.

    Without a known type, the parts cannot be judged; then the faults are those of the type and of the head.
    """
    return _of_kind(raw, _RULES, RuleHeadBody)


def read_head(type: RuleType, raw: Fields) -> Fields:
    """Return the fields that a patch of a rule sets. Raises InvalidRequest."""
    return _fields(_HEADS[type], raw)


def read_trigger(type: RuleType, raw: Fields) -> Fields:
    """Return the fields of a trigger of a rule of this type. Raises InvalidRequest."""
    return _fields(_TRIGGERS[type], raw)


def read_action(raw: Fields) -> Fields:
    """Return the fields of a notification. Raises InvalidRequest."""
    return _of_kind(raw, ACTIONS, None)


def _of_kind(raw: Fields, shapes: Mapping[str, type[ResourceBody]], without: type[ResourceBody] | None) -> Fields:
    """Return the fields of the shape that `type` names; without one, judge what the shape `without` has."""
    faults = list(kind_faults(dict(raw), "", "type", tuple(shapes)))
    if not faults:
        return _fields(shapes[raw["type"]], raw)
    if without is not None:
        known = without.wire_names()
        try:
            read(without, {name: value for name, value in raw.items() if name in known})
        except InvalidRequest as error:
            faults += error.faults
    raise InvalidRequest(faults)


def _fields(shape: type[ResourceBody], raw: Fields) -> Fields:
    # Discriminators read requests, not models, so a dump finds the member of a union by its class and warns of it.
    return read(shape, raw).model_dump(mode="json", by_alias=True, exclude_none=True, warnings=False)


assert set(ACTIONS) == set(TYPES)
