"""The `escalation` block: the steps that follow if too few people answer, and the all-clear when enough have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, WithJsonSchema
from pydantic import Tag as Branch
from pydantic.functional_validators import PlainValidator

from tocsin.alerts.domain.alert import MAX_RECIPIENTS
from tocsin.alerts.domain.follow_up import (
    LONGEST,
    MAX_STEPS,
    SHORTEST,
    EscalationOptions,
    LaterAlert,
    Per,
    StepOptions,
    StopWhen,
)
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.elements import ALERT_TYPES, AlertElement
from tocsin.entrypoint.alert_body.receivers import CONTACT_FORMS, RECIPIENT_FORMS, asks_for_contacts
from tocsin.entrypoint.alert_body.words import FixedSpan, parse_fixed
from tocsin.entrypoint.http.compact_json import compact
from tocsin.entrypoint.http.wire import ENOUGH, WireModel, kind_faults, parsed_by, read
from tocsin.kernel.domain.errors import Fault, InvalidRequest

_ALL_CONTACTED = ["everyone who was contacted"]
"""Placeholder receivers of all-clear elements, which get theirs when they are sent."""


_THE_SET = {"linkRef": "escalation", "linkOnlyIfRefAlreadyExists": True}
"""Placeholder for the linked set of the first alert, which the alerts of later steps join."""


_People = Annotated[int, Field(ge=1, le=MAX_RECIPIENTS, description="distinct people, not replies")]
_AnyOrAll = Literal["any", "all"]


class StopCondition(WireModel):
    """How many people must answer, and how."""

    count: Annotated[
        Annotated[_AnyOrAll, Branch("<word>")] | Annotated[_People, Branch("<number>")],
        Discriminator(
            lambda raw: {str: "<word>", int: "<number>"}.get(type(raw)),
            custom_error_type="WRONG_TYPE",
            custom_error_message="must be `any`, `all` or a whole number",
        ),
    ]
    evidence: Annotated[
        Literal["opened", "confirmed", "pressed_in", "wrote", "pressed", "marked"] | None,
        Field(
            description="weaker answers are kept and do not count: `opened` < `confirmed` < `pressed_in` < `wrote` = "
            "`pressed` = `marked`. Default: `confirmed`, with `clickCounts` `opened`; `opened` only goes with "
            "`clickCounts`"
        ),
    ] = None


StopRule = Annotated[
    Annotated[_AnyOrAll, Branch("<word>")] | Annotated[StopCondition, Branch("<rule>")],
    Discriminator(
        lambda raw: {str: "<word>", dict: "<rule>"}.get(type(raw)),
        custom_error_type="WRONG_TYPE",
        custom_error_message='must be `any`, `all`, or an object like {"count": 2}',
    ),
]


class Step(WireModel):
    """One step: the alert that is sent if too few people have answered by then."""

    after: Annotated[FixedSpan, Field(description="from the step before, the alert itself for the first; 1m to 30d")]
    alert: Annotated[
        list[AlertElement],
        Field(
            min_length=1,
            description="as the call's own `alert`; contacts and sets are those of the call's group",
            json_schema_extra={"maxItems": limits.ELEMENTS_PER_CALL},
        ),
    ]

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The wait is in bounds; the elements have a known type."""
        yield from _span_faults(raw, "after")
        elements = raw.get("alert")
        for index, element in enumerate(elements if isinstance(elements, list) else ()):
            yield from kind_faults(element, f"/alert/{index}", "alertType", ALERT_TYPES)


class _Unaddressed(WireModel):
    """An alert whose receivers are not known yet."""

    alert: Annotated[list[AlertElement], Field(min_length=1)]


def _all_clear(raw: Any) -> _Unaddressed:
    """Read the elements of an all-clear, which must not name receivers.

    Raises:
        InvalidRequest: with every fault.
    """
    if not isinstance(raw, dict):
        raise InvalidRequest([Fault("", "WRONG_TYPE", "must be an object")])
    elements = raw.get("alert")
    if not isinstance(elements, list):
        return read(_Unaddressed, raw)
    elements = elements[:ENOUGH]  # so many are too many, and the use case says so
    faults = list(islice(_element_faults(elements), ENOUGH))
    try:
        found = read(_Unaddressed, {**raw, "alert": [_addressed(element) for element in elements]})
    except InvalidRequest as error:
        # Anything that is no element was reported above.
        reported = {fault.pointer for fault in faults}
        faults += [fault for fault in error.faults if fault.pointer and fault.pointer not in reported]
        raise InvalidRequest(faults or error.faults) from None
    if faults:
        raise InvalidRequest(faults)
    return found


def _element_faults(elements: list[Any]) -> Iterable[Fault]:
    for index, element in enumerate(elements):
        yield from kind_faults(element, f"/alert/{index}", "alertType", ALERT_TYPES)
        yield from _addressed_faults(element, f"/alert/{index}")


def _addressed_faults(element: Any, at: str) -> Iterable[Fault]:
    for form in (*RECIPIENT_FORMS, *CONTACT_FORMS):
        if isinstance(element, dict) and form in element:
            message = "must not be given: it goes to everyone who was contacted on this channel"
            yield Fault(f"{at}/{form}", "CONFLICT", message)


def _addressed(element: Any) -> Any:
    if not isinstance(element, dict):
        return element
    kept = {name: value for name, value in element.items() if name not in (*RECIPIENT_FORMS, *CONTACT_FORMS)}
    return {**kept, "recipients": _ALL_CONTACTED}


AllClear = Annotated[
    _Unaddressed,
    PlainValidator(parsed_by(_all_clear)),
    WithJsonSchema(
        {
            "type": "object",
            "title": "AllClear",
            "additionalProperties": False,
            "required": ["alert"],
            "properties": {
                "alert": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": limits.ELEMENTS_PER_CALL,
                    "items": {"type": "object", "required": ["alertType", "tag"]},
                    "description": "elements like those of `alert`, without receivers",
                }
            },
        }
    ),
]


class Escalation(WireModel):
    """The steps that follow if too few people answer."""

    steps: Annotated[list[Step], Field(min_length=1, max_length=MAX_STEPS, description="in order")]
    stop_when: Annotated[
        StopRule | None,
        Field(
            description='`any` answer (default), `all` who were contacted, or an object like {"count": 2, "evidence": '
            '"wrote"} for so many different people'
        ),
    ] = None
    per: Annotated[
        Literal["group", "contact"],
        Field(description="`contact`: each contact's own answer ends it for that contact only"),
    ] = "group"
    on_stopped: Annotated[
        AllClear | None,
        Field(description="sent once to everyone who was contacted, on that channel, when it ends by answers"),
    ] = None
    give_up_after: Annotated[
        FixedSpan | None, Field(description="from the last step to `exhausted`; default: the last step's `after`")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Spans are in bounds; `per` fits the number of answers that are needed."""
        yield from _span_faults(raw, "giveUpAfter")
        rule = raw.get("stopWhen")
        count = rule.get("count", "any") if isinstance(rule, dict) else rule
        if raw.get("per") == "contact" and count not in (None, "any"):
            message = "must be omitted, or `any`, with `per` `contact`: it is over when each has answered"
            yield Fault("/stopWhen", "CONFLICT", message)

    def to_options(self, options: Mapping[str, Any], title: str | None = None) -> EscalationOptions:
        """Return the escalation as the use case takes it.

        Args:
            options: `options` of the call in JSON form, which apply to its steps too.
            title: that of the call, which its steps have too.
        """
        steps = tuple(StepOptions(parse_fixed(step.after), _later(step.alert, options, title)) for step in self.steps)
        rule = self.stop_when or "any"
        count, evidence = (rule.count, rule.evidence) if isinstance(rule, StopCondition) else (rule, None)
        return EscalationOptions(
            steps=steps,
            stop_when=StopWhen.COUNT if isinstance(count, int) else StopWhen(count),
            count=count if isinstance(count, int) else None,
            per=Per(self.per),
            on_stopped=_later(self.on_stopped.alert, options, title) if self.on_stopped else None,
            give_up_after=parse_fixed(self.give_up_after) if self.give_up_after else steps[-1].after,
            evidence=Evidence(evidence) if evidence else None,
        )


def escalation_contact_faults(raw: Any) -> Iterable[Fault]:
    """Yield a fault for each step of an `escalation` that asks for contacts, in a call without a group."""
    steps = raw.get("steps") if isinstance(raw, dict) else None
    for number, step in enumerate(steps if isinstance(steps, list) else ()):
        elements = step.get("alert") if isinstance(step, dict) else None
        for index, element in enumerate(elements if isinstance(elements, list) else ()):
            for field in asks_for_contacts(element) if isinstance(element, dict) else ():
                at = f"/escalation/steps/{number}/alert/{index}/{field}"
                yield Fault(at, "CONTACT_GROUP_REQUIRED", "needs a `contactGroup` in the request")


def _later(elements: list[AlertElement], options: Mapping[str, Any], title: str | None) -> LaterAlert:
    # Unions know how to choose a branch for a request, not for a model: pydantic would warn and write it all the same.
    wire = [element.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False) for element in elements]
    read_as = tuple(element.element() for element in elements)
    body = {"alert": wire, "linkedAlerts": _THE_SET, **({"options": dict(options)} if options else {})}
    if title is not None:
        body["title"] = title
    return LaterAlert(compact(body), read_as)


def _span_faults(raw: Mapping[str, Any], field: str) -> Iterable[Fault]:
    try:
        span = parse_fixed(raw[field])
    except (KeyError, TypeError, ValueError):
        return  # not given, or reported by its type
    if not SHORTEST <= span <= LONGEST:
        yield Fault(f"/{field}", "OUT_OF_RANGE", "must be from 1m to 30d")
