"""Responses about triggers: to the call that activates one, and in `/getinfo`."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas.answers import SendAnswer, send_answer
from alerts_api.schemas.codes import OneOf
from tocsin.alerts.domain.features import TriggerKind
from tocsin.alerts.domain.result import SendResult
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.triggers.application.list_triggers import TriggerList
from tocsin.triggers.domain.answer import TriggerResult

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class ActiveKeyword(TypedDict):
    """One active keyword."""

    type: Annotated[str, OneOf(TriggerKind)]
    keyword: str
    tag: str
    where: Annotated[
        list[str],
        Field(description="the numbers to text it to, or the address to mail it to; empty for a short link"),
    ]


@_EXACT
class ActiveAnswer(TypedDict):
    """The alert waits for a keyword; nothing was sent."""

    success: bool
    returnCode: int
    clientRef: str
    storeId: Annotated[str, Field(description="the stored alert that a keyword fires")]
    expirationInDays: Annotated[int, Field(description="days it waits at most")]
    triggers: Annotated[list[ActiveKeyword], Field(description="in request order")]


@_EXACT
class KeywordAnswer(TypedDict):
    """One keyword of a trigger."""

    type: Annotated[str, OneOf(TriggerKind)]
    keyword: str
    tag: str
    storeId: Annotated[str, Field(description="the stored alert that it fires")]
    where: Annotated[list[str], Field(description="where to write it to")]
    minimumRepeatIntervalSeconds: int
    maximumRepeats: Annotated[int, Field(description="0 = without end")]
    firedCount: Annotated[int, Field(description="times the trigger has run, by any of its keywords")]
    lastFiredAt: NotRequired[str]
    expires: Annotated[str, Field(description="end of the trigger, unless it is activated again")]


@_EXACT
class SentAndActiveAnswer(SendAnswer):
    """The call was sent, and the stored alert it names waits for a keyword."""

    storeId: str
    expirationInDays: int
    triggers: list[ActiveKeyword]


def sent_and_active_answer(sent: SendResult, result: TriggerResult) -> SentAndActiveAnswer:
    """Return the response to a call that was sent and activated the trigger of a stored alert."""
    active = active_answer(result)
    return {
        **send_answer(sent),
        "storeId": active["storeId"],
        "expirationInDays": active["expirationInDays"],
        "triggers": active["triggers"],
    }


def active_answer(result: TriggerResult) -> ActiveAnswer:
    """Return the response to a call that activated a trigger."""
    assert result.store_id is not None
    return {
        "success": True,
        "returnCode": 200,
        "clientRef": result.client_ref,
        "storeId": result.store_id,
        "expirationInDays": result.expiration_in_days,
        "triggers": [
            {
                "type": active.word.kind.value,
                "keyword": active.word.keyword,
                "tag": active.word.tag,
                "where": list(active.where),
            }
            for active in result.words
        ],
    }


def keyword_entries(info: TriggerList) -> list[KeywordAnswer]:
    """Return every keyword of the key, in order of activation."""
    entries: list[KeywordAnswer] = []
    for trigger in info.triggers:
        for word in trigger.words:
            entry: KeywordAnswer = {
                "type": word.kind.value,
                "keyword": word.keyword,
                "tag": word.tag,
                "storeId": trigger.store_id,
                "where": list(info.places[word.kind]),
                "minimumRepeatIntervalSeconds": round(trigger.every.total_seconds()),
                "maximumRepeats": trigger.at_most,
                "firedCount": trigger.fired,
                "expires": wire_time(trigger.expires_at),
            }
            if trigger.last_at is not None:
                entry["lastFiredAt"] = wire_time(trigger.last_at)
            entries.append(entry)
    return entries


@_EXACT
class KeywordPlaces(TypedDict):
    """The numbers and the mailbox that receive keywords."""

    sms: list[str]
    email: list[str]


def keyword_places(info: TriggerList) -> KeywordPlaces:
    """Return the numbers and the mailbox of the key."""
    return {"sms": list(info.places[TriggerKind.SMS]), "email": list(info.places[TriggerKind.EMAIL])}
