"""Telephony events in words: types, parties, what an event did, and why a rule ran or did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.rules.words import CHOICES, FILTERS
from console.words import sentence
from tocsin.alert_rules.application.explain_events import ExplainedRule
from tocsin.alert_rules.domain.explain import FilterVerdict
from tocsin.alert_rules.domain.run import RuleRunState
from tocsin.alert_rules.domain.triggers import FilterName
from tocsin.entrypoint.telephony_body.told_people import outcome_said
from tocsin.personal_notices.application.explain_notices import ExplainedPerson
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.domain.vocabulary import TYPES

_BESIDE = {"type": "Type of the event", "out_of_scope": "Stopped trigger", "data_scope": "Data scope of the rule"}
"""Reasons beside the filters."""

_GLYPHS = {
    RuleRunState.SENT: "ok",
    RuleRunState.COLLECTED: "wait",
    RuleRunState.HELD: "wait",
    RuleRunState.FAILED: "bad",
    RuleRunState.THROTTLED: "warn",
    RuleRunState.RELEASED: "idle",
}


def type_word(type: str) -> str:
    """Return what an event of a type says: "A call is over"; the type itself if the vocabulary has none such."""
    known = TYPES.get(type)
    return known.about.partition(";")[0].partition(".")[0] if known else type


def types() -> list[tuple[str, str]]:
    """Return all types with their words, in the order of the words."""
    return sorted(((type, type_word(type)) for type in TYPES), key=lambda each: each[1])


def detail(event: TelephonyEvent) -> str:
    """Return what tells events of one type apart: "incoming, missed"."""
    found = (event.data.get(name) for name in ("direction", "status", "event"))
    return ", ".join(CHOICES.get(each, each) for each in found if isinstance(each, str))


def party(event: TelephonyEvent, name: str) -> str:
    """Return name and number of a party, "" if the event names none."""
    who = event.data.get(name)
    if not isinstance(who, Mapping):
        return ""
    return " ".join(str(who[key]) for key in ("name", "number") if who.get(key))


def deeds(stored: StoredEvent) -> list[str]:
    """Return what an event did beside running rules."""
    kinds = {act[0] for act in stored.acts}
    said = [word for kind, word in _DEEDS.items() if kind.value in kinds]
    return said + (["not all of it is done yet"] if stored.owed else [])


_DEEDS = {
    ActKind.LINE: "the state of its line is followed",
    ActKind.LEG: "it is added to its call",
    ActKind.BUS: "it is put on the event bus",
    ActKind.BURST: "it is counted, in case it is one of many texts",
}


def explained(found: ExplainedRule, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page shows of why a rule ran or did not.

    Args:
        names: what the things of the directory are called, by id.
    """
    rule = found.rule
    return {
        "id": rule.id,
        "name": rule.name,
        "version": found.explanation.rule_version,
        "glyph": "idle" if found.run is None else _GLYPHS[found.run.state],
        "sentence": sentence(found.sentence),
        "triggers": [
            {"name": each.description or f"Trigger {place}", "matched": each.matched,
             "filters": [verdict_words(verdict, names) for verdict in each.filters]}
            for place, each in enumerate(found.explanation.triggers, 1)
        ],
        "gates": [(gate.passed, sentence(gate.sentence)) for gate in found.explanation.gates],
    }  # fmt: skip


def verdict_words(verdict: FilterVerdict, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one filter: its word, what it wants, what the event has, and whether they match."""
    name = verdict.name
    word = FILTERS[FilterName(name)] if name in set(FilterName) else _BESIDE[name]
    return {"word": word, "wanted": _named(verdict.wanted, names, " or "), "got": _named(verdict.got, names, " and "),
            "matched": verdict.matched}  # fmt: skip


def _named(values: Sequence[str], names: Mapping[str, str], between: str) -> str:
    return between.join(names.get(each) or CHOICES.get(each, each) for each in values) or "nothing"


def told(found: ExplainedPerson) -> dict[str, Any]:
    """Return what a page shows of how a person was told of an event, or why not."""
    channels = found.told.channels if found.told else ()
    reasons = {outcome for _, outcome in channels}
    if len(channels) > 1 and len(reasons) == 1 and NoticeOutcome.SENT not in reasons:
        # The same reason by every channel is one sentence.
        shown = [{"glyph": "idle", "sentence": f"Not told: {outcome_said(channels[0][1])}"}]
    else:
        shown = [_by_channel(channel, outcome) for channel, outcome in channels]
    because = found.told.because if found.told else ""
    return {"name": found.name or "A person who is gone", "because": because, "channels": shown}


def _by_channel(channel: NoticeChannel, outcome: NoticeOutcome) -> dict[str, Any]:
    if outcome is NoticeOutcome.SENT:
        return {"glyph": "ok", "sentence": _CHANNELS[channel]}
    return {"glyph": "idle", "sentence": f"{_CHANNELS[channel]}: {outcome_said(outcome)}"}


_CHANNELS = {
    NoticeChannel.EMAIL: "Mail",
    NoticeChannel.TEXT: "Text",
    NoticeChannel.BROWSER: "Browser",
    NoticeChannel.INBOX: "Inbox",
}
