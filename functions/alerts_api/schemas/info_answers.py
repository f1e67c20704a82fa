"""`/getinfo` and `/setinfo`: what is answered."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.callbacks import CallbackChangedAnswer, CallbacksAnswer, callbacks_answer
from alerts_api.schemas.codes import OneOf
from alerts_api.schemas.schedules import ScheduleInfo, schedule_info
from alerts_api.schemas.triggers import KeywordAnswer, KeywordPlaces, keyword_entries, keyword_places
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.client_api.application.client_info import BrakeInfo, ClientInfo
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.limits.domain.brakes import MICROS, Rate
from tocsin.notices.domain.client_message import Category, ClientMessage, Severity
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class CapacitiesAnswer(TypedDict):
    """What is left per channel; null = unlimited."""

    call: int | None
    email: int | None
    sms: int | None


@_EXACT
class StoredAnswer(TypedDict):
    """One store."""

    storeId: str
    storeName: str | None
    tag: str
    type: Annotated[str, OneOf(ContentType)]
    expiresUnlessUsed: Annotated[str | None, Field(description="when; null = never")]


@_EXACT
class MessageAnswer(TypedDict):
    """One message to the owner of the key."""

    messageId: str
    whence: Annotated[str, Field(description="when it happened, UTC")]
    severity: Annotated[str, OneOf(Severity)]
    category: Annotated[str, OneOf(Category)]
    code: codes.NoticeCode
    message: str
    alertId: NotRequired[str]


@_EXACT
class RateAnswer(TypedDict):
    """So many in so long."""

    count: int
    seconds: int


@_EXACT
class PausedAnswer(TypedDict):
    """A channel that is stopped."""

    channel: Annotated[str, OneOf(Channel)]
    since: str
    reason: codes.PauseReason


@_EXACT
class BrakesAnswer(TypedDict):
    """What your account may send. Your operator changes it."""

    countries: Annotated[list[str] | None, Field(description="where text messages may go; null = anywhere")]
    specialNumbers: Annotated[bool, Field(description="premium, shared-cost, personal, satellite numbers")]
    perReceiver: Annotated[RateAnswer | None, Field(description="text messages to one receiver; null = no limit")]
    perAccount: Annotated[RateAnswer | None, Field(description="text messages in all; null = no limit")]
    dailySpendLimitUsd: Annotated[float | None, Field(description="estimated cost of a UTC day; null = no limit")]
    spentTodayUsd: Annotated[float, Field(description="estimated")]
    paused: list[PausedAnswer]


@_EXACT
class StatsAnswer(TypedDict):
    """How much waits for you."""

    eventsWaiting: Annotated[int, Field(description="result events to be collected")]


# `from` is a word of Python's own
QuietHoursAnswer = TypedDict(
    "QuietHoursAnswer",
    {
        "from": Annotated[str, Field(description="the first quiet minute")],
        "to": Annotated[str, Field(description="the first minute that is not; before `from` = the next day")],
        "weekdays": Annotated[list[int], Field(description="on which they begin; 1 is Monday")],
    },
)
_EXACT(QuietHoursAnswer)


@_EXACT
class InfoAnswer(TypedDict):
    """About your key; parts that were not asked for are left out."""

    apiKeyFriendlyName: str
    sandboxed: bool
    defaultNotification: Annotated[str, OneOf(NotificationMode)]
    defaultNotificationFormat: Annotated[str, OneOf(CallbackEncoding)]
    defaultCallbackUrl: str | None
    transliterate: bool
    ownerEmail: Annotated[str | None, Field(description="who is mailed about the key; null = nobody")]
    timeZone: NotRequired[Annotated[str, Field(description="of your account; times of day are meant there")]]
    quietHours: NotRequired[
        Annotated[QuietHoursAnswer | None, Field(description="of your account; null = there are none")]
    ]
    capacities: NotRequired[CapacitiesAnswer]
    stored: NotRequired[list[StoredAnswer]]
    scheduled: NotRequired[Annotated[list[ScheduleInfo], Field(description="oldest first; the newest thousand")]]
    moreScheduled: NotRequired[Annotated[bool, Field(description="there are older ones than those in `scheduled`")]]
    keywords: NotRequired[list[KeywordAnswer]]
    keywordPlaces: NotRequired[KeywordPlaces]
    brakes: NotRequired[BrakesAnswer]
    stats: NotRequired[StatsAnswer]
    callbacks: NotRequired[CallbacksAnswer]
    messages: NotRequired[list[MessageAnswer]]


@_EXACT
class GetInfoAnswer(TypedDict):
    """What was asked for, or what the settings are now."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    info: InfoAnswer
    callback: NotRequired[CallbackChangedAnswer]


def info_answer(info: ClientInfo, client_ref: str | None) -> GetInfoAnswer:
    """Return the answer of `/getinfo`."""
    told = settings_of(info.key)
    told["timeZone"] = info.account.zone
    told["quietHours"] = _quiet(info.account.quiet)
    if info.capacities is not None:
        left = {channel.value: units for channel, units in info.capacities.items()}
        told["capacities"] = {"call": left["call"], "email": left["email"], "sms": left["sms"]}
    if info.stored is not None:
        told["stored"] = [_stored(store) for store in info.stored]
    if info.scheduled is not None:
        told["scheduled"] = [schedule_info(schedule, info.at) for schedule in info.scheduled]
        told["moreScheduled"] = info.more_scheduled
    if info.keywords is not None:
        told["keywords"] = keyword_entries(info.keywords)
        told["keywordPlaces"] = keyword_places(info.keywords)
    if info.brakes is not None:
        told["brakes"] = _brakes(info.brakes)
    if info.events_waiting is not None:
        told["stats"] = {"eventsWaiting": info.events_waiting}
    if info.callbacks is not None:
        told["callbacks"] = callbacks_answer(info.callbacks)
    if info.messages is not None:
        told["messages"] = [_message(message) for message in info.messages]
    return answer_of(told, client_ref)


def answer_of(told: InfoAnswer, client_ref: str | None) -> GetInfoAnswer:
    """Return what is told as an answer."""
    answer: GetInfoAnswer = {"success": True, "returnCode": 200, "info": told}
    if client_ref is not None:
        answer["clientRef"] = client_ref
    return answer


def settings_of(key: ApiKey) -> InfoAnswer:
    """Return what a client may know of its key's settings."""
    return {
        "apiKeyFriendlyName": key.name,
        "sandboxed": key.sandbox,
        "defaultNotification": key.notification.value,
        "defaultNotificationFormat": key.callback_encoding,
        "defaultCallbackUrl": key.callback_url,
        "transliterate": key.transliterate,
        "ownerEmail": key.owner_email,
    }


def _quiet(quiet: QuietHours | None) -> QuietHoursAnswer | None:
    if quiet is None:
        return None
    return {"from": f"{quiet.start:%H:%M}", "to": f"{quiet.end:%H:%M}", "weekdays": sorted(quiet.weekdays)}


def _stored(store: StoredContent) -> StoredAnswer:
    return {
        "storeId": store.store_id,
        "storeName": store.name,
        "tag": store.tag,
        "type": store.type.value,
        "expiresUnlessUsed": wire_time(store.expires_at) if store.expires_at else None,
    }


def _message(message: ClientMessage) -> MessageAnswer:
    told: MessageAnswer = {
        "messageId": message.id,
        "whence": wire_time(message.at),
        "severity": message.severity.value,
        "category": message.category.value,
        "code": message.code,
        "message": message.text,
    }
    if message.alert is not None:
        told["alertId"] = message.alert
    return told


def _brakes(found: BrakeInfo) -> BrakesAnswer:
    brakes = found.brakes
    return {
        "countries": None if brakes.countries is None else sorted(brakes.countries),
        "specialNumbers": brakes.special_numbers,
        "perReceiver": _rate(brakes.number_rate),
        "perAccount": _rate(brakes.tenant_rate),
        "dailySpendLimitUsd": None if brakes.daily_spend is None else brakes.daily_spend / MICROS,
        "spentTodayUsd": found.spent / MICROS,
        "paused": [
            {"channel": channel.value, "since": wire_time(pause.since), "reason": pause.reason}
            for channel, pause in sorted(brakes.paused.items())
        ],
    }


def _rate(rate: Rate | None) -> RateAnswer | None:
    return None if rate is None else {"count": rate.count, "seconds": round(rate.span.total_seconds())}
