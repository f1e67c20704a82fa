"""Telephony events and explanations as answers have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.alert_rules.application.explain_events import ExplainedEvent, ExplainedRule
from tocsin.alert_rules.domain.explain import FilterVerdict, NearMiss
from tocsin.alert_rules.domain.run import RuleRun
from tocsin.entrypoint.mail_body.mails import MailActResource, mail_explained
from tocsin.entrypoint.telephony_body.told_people import (
    NoticeActResource,
    PersonToldResource,
    notice_acts,
    person_told,
)
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.personal_notices.application.explain_notices import ExplainedPerson
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.domain.vocabulary import without_secrets
from tocsin.tenant_mail.application.read_mails import ExplainedMail

_EXACT = with_config(ConfigDict(extra="forbid"))


def event_shown(stored: StoredEvent) -> dict[str, Any]:
    """Return an event as answers show it."""
    event = stored.event
    return {
        "event_id": stored.name, "id": event.id, "source": event.source, "type": event.type,
        "time": wire_time(event.at), "received_at": wire_time(event.received_at),
        "data": dict(without_secrets(event.type, event.data)),
        "extensions": dict(stored.extensions), "owed": stored.owed,
    }  # fmt: skip


def rule_explained(found: ExplainedRule, event_id: str) -> dict[str, Any]:
    """Return why a rule fired or did not, as answers show it."""
    return {
        "event": event_id,
        "alert_rule": found.rule.id,
        "name": found.rule.name,
        "rule_version": found.explanation.rule_version,
        "fired": found.fired,
        "sentence": found.sentence,
        "triggers": [
            {
                "id": each.id, "description": each.description, "matched": each.matched,
                "filters": [_filter(verdict) for verdict in each.filters],
            }
            for each in found.explanation.triggers
        ],
        "gates": [
            {"name": gate.name.value, "passed": gate.passed, "sentence": gate.sentence}
            for gate in found.explanation.gates
        ],
        "run": None if found.run is None else _run(found.run),
    }  # fmt: skip


def event_explained(
    found: ExplainedEvent,
    mails: Sequence[ExplainedMail],
    told: Sequence[ExplainedPerson],
    person: Sequence[ExplainedPerson] | None = None,
) -> dict[str, Any]:
    """Return all that an event did, as answers show it.

    Args:
        person: what became of it for the person whom the caller asks about; None = the caller asks about none.
    """
    answer = {
        "event": event_shown(found.stored),
        "rules": [rule_explained(each, found.stored.name) for each in found.rules],
        "near_misses": [_near_miss(each) for each in found.near_misses],
        "acts": [*(mail_explained(each) for each in mails), *notice_acts(told)],
    }
    return answer if person is None else answer | {"people": [person_told(each) for each in person]}


def _filter(verdict: FilterVerdict) -> dict[str, Any]:
    return {
        "name": verdict.name, "wanted": list(verdict.wanted), "got": list(verdict.got), "matched": verdict.matched,
        "sentence": verdict.sentence,
    }  # fmt: skip


def _run(run: RuleRun) -> dict[str, Any]:
    return {"id": run.id, "state": run.state.value, "at": wire_time(run.at), "entities": list(run.entities)}


def _near_miss(miss: NearMiss) -> dict[str, Any]:
    return {
        "alert_rule": miss.rule.id, "name": miss.rule.name,
        "trigger": {"id": miss.trigger.id, "description": miss.trigger.description}, "filter": _filter(miss.filter),
    }  # fmt: skip


@_EXACT
class EventResource(TypedDict):
    """A telephony event."""

    event_id: Annotated[str, Field(description="our id of it: in paths, queries, history and webhooks")]
    id: Annotated[str, Field(description="the sender's id of it")]
    source: str
    type: str
    time: Annotated[str, Field(description="when it happened")]
    received_at: str
    data: dict[str, Any]
    extensions: Annotated[dict[str, str], Field(description="other attributes of the CloudEvent; never read")]
    owed: Annotated[bool, Field(description="not all that it brings about is done")]


@_EXACT
class EventList(TypedDict):
    """Events by their receipt, newest first. A page may be short, or empty, with a `next_cursor`."""

    items: list[EventResource]
    next_cursor: str | None
    since: Annotated[str, Field(description="beginning of what was looked through")]
    until: Annotated[str, Field(description="its end")]
    kept_days: Annotated[int, Field(description="how long an event can be read")]


@_EXACT
class FilterResource(TypedDict):
    """A filter of a trigger, or another reason: the event's type, the data scope of the rule, a stopped trigger."""

    name: str
    wanted: list[str]
    got: list[str]
    matched: bool
    sentence: str


@_EXACT
class TriggerExplained(TypedDict):
    """A trigger; it matches if all its filters do."""

    id: Annotated[str, Field(description="of the trigger")]
    description: str
    matched: bool
    filters: list[FilterResource]


@_EXACT
class GateResource(TypedDict):
    """What was looked at after a trigger matched, in order; the first that is not passed ends it."""

    name: Annotated[str, Field(description="disabled, created_later, too_old, loop, held, throttled or collected")]
    passed: bool
    sentence: str


@_EXACT
class RunResource(TypedDict):
    """What the rule made of the event."""

    id: Annotated[str, Field(description="of the run; records of history begin with it")]
    state: Literal["sent", "collected", "throttled", "held", "released", "failed"]
    at: Annotated[str, Field(description="when the event was received")]
    entities: Annotated[list[str], Field(description="descriptions of the triggers that matched")]


@_EXACT
class RuleExplained(TypedDict):
    """Why a rule fired for an event, or did not, in the version that stood then."""

    event: str
    alert_rule: str
    name: str
    rule_version: int
    fired: bool
    sentence: str
    triggers: list[TriggerExplained]
    gates: list[GateResource]
    run: RunResource | None


@_EXACT
class TriggerNamed(TypedDict):
    """A trigger by its id and description."""

    id: Annotated[str, Field(description="of the trigger")]
    description: str


@_EXACT
class NearMissResource(TypedDict):
    """An enabled rule that does not match by one filter."""

    alert_rule: str
    name: str
    trigger: TriggerNamed
    filter: FilterResource


@_EXACT
class EventExplained(TypedDict):
    """All that an event did, as far as you may see its rules."""

    event: EventResource
    rules: list[RuleExplained]
    near_misses: list[NearMissResource]
    acts: Annotated[
        list[MailActResource | NoticeActResource],
        Field(description="what else it did: it was mailed, or why it was not; and who was told"),
    ]
    people: Annotated[
        NotRequired[list[PersonToldResource]],
        Field(description="with `user` only: what became of it for this person, an entry for each notice"),
    ]
