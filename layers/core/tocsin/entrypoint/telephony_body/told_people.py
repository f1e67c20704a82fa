"""Who was told of an event, as answers have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.personal_notices.application.explain_notices import ExplainedPerson
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.outcomes import NoticeOutcome

_EXACT = with_config(ConfigDict(extra="forbid"))

_SAID = {
    NoticeOutcome.SENT: "sent",
    NoticeOutcome.OFF: "the switch is off",
    NoticeOutcome.NO_NUMBER: "there is neither an own number nor a backup phone",
    NoticeOutcome.OWN_NUMBER: "the number is one of the account's",
    NoticeOutcome.OPTED_OUT: "the number said STOP",
    NoticeOutcome.NOT_MEMBER: "the event concerned no line, group or name of this person",
    NoticeOutcome.TOO_LATE: "the event came, or the notice would have come, too late",
    NoticeOutcome.QUIET_HOURS: "quiet hours end after it would be too late",
    NoticeOutcome.ALREADY_MAILED: "a mail by a template of the account tells the same",
    NoticeOutcome.DISABLED: "the person is disabled, or said that this is not them",
    NoticeOutcome.NO_DEVICE: "no browser is subscribed",
}


def person_told(found: ExplainedPerson) -> dict[str, Any]:
    """Return what became of an event for one person, as answers show it."""
    told = found.told
    return {
        "user": found.user,
        "notice": found.kind.value if found.kind else None,
        "because": told.because or None if told else None,
        "channels": [
            {
                "channel": channel.value,
                "state": "sent" if outcome is NoticeOutcome.SENT else "skipped",
                "reason": None if outcome is NoticeOutcome.SENT else outcome.value,
                "reason_text": None if outcome is NoticeOutcome.SENT else _SAID[outcome],
            }
            for channel, outcome in (told.channels if told else ())
        ],
    }


def notice_acts(found: Sequence[ExplainedPerson]) -> list[dict[str, Any]]:
    """Return the notices of an event, each with the people who were told, as answers show it."""
    kinds: dict[NoticeKind, list[ExplainedPerson]] = {}
    for each in found:
        if each.kind is not None:
            kinds.setdefault(each.kind, []).append(each)
    return [
        {"kind": "notice", "notice": kind.value, "people": [person_told(each) for each in people]}
        for kind, people in kinds.items()
    ]


def outcome_said(outcome: NoticeOutcome) -> str:
    """Return an outcome in words."""
    return _SAID[outcome]


@_EXACT
class ChannelTold(TypedDict):
    """What became of a notice by one channel."""

    channel: Literal["email", "text", "browser", "inbox"]
    state: Annotated[Literal["sent", "skipped"], Field(description="sent: given to dispatch, or stored")]
    reason: Annotated[
        Literal[
            "off",
            "no_number",
            "own_number",
            "opted_out",
            "not_member",
            "too_late",
            "quiet_hours",
            "already_mailed",
            "disabled",
            "no_device",
        ]
        | None,
        Field(description="why it was skipped; null: it was sent"),
    ]
    reason_text: str | None


@_EXACT
class PersonToldResource(TypedDict):
    """What became of an event for one person."""

    user: Annotated[str, Field(description="id of the person")]
    notice: Annotated[str | None, Field(description="its kind, as in the inbox; null: such events tell no person")]
    because: Annotated[str | None, Field(description="why it concerned the person, for example `own line 2010`")]
    channels: Annotated[
        list[ChannelTold], Field(description="empty: the event came just now. A channel that is missing was not chosen")
    ]


@_EXACT
class NoticeActResource(TypedDict):
    """People were told of an event."""

    kind: Literal["notice"]
    notice: Annotated[str, Field(description="its kind, as in the inbox")]
    people: Annotated[list[PersonToldResource], Field(description="owners and admins see all, others themselves")]


PERSON_TOLD: dict[str, Any] = {
    "user": "4d9f4a0e-8f0a-4b60-9a53-6f1f6f1d2c11", "notice": "call", "because": "own line 2010",
    "channels": [
        {"channel": "email", "state": "sent", "reason": None, "reason_text": None},
        {"channel": "text", "state": "skipped", "reason": "no_number",
         "reason_text": _SAID[NoticeOutcome.NO_NUMBER]},
        {"channel": "inbox", "state": "sent", "reason": None, "reason_text": None},
    ],
}  # fmt: skip
NOTICE_ACT: dict[str, Any] = {"kind": "notice", "notice": "call", "people": [PERSON_TOLD]}
