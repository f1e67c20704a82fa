"""Responses of `/getinfo` and `/setinfo`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.callbacks import CallbackChangedAnswer, CallbacksAnswer
from alerts_api.schemas.codes import OneOf
from alerts_api.schemas.schedules import ScheduleInfo, schedule_info
from alerts_api.schemas.triggers import KeywordAnswer, KeywordPlaces
from tocsin.alerts.domain.alert import CALL_BYTES, MAX_IN_ALL_STEPS, MAX_RECIPIENTS
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.entrypoint.alert_body.limits import SMS_CHARACTERS
from tocsin.entrypoint.http.strict_json import MAX_BYTES
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.limits.application.read_limits import AccountLimits
from tocsin.limits.domain.sending_limits import MICROS, Rate
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity
from tocsin.schedules.application.list_schedules import ScheduleList
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
    """One account notice."""

    messageId: str
    whence: Annotated[str, Field(description="when it happened, UTC")]
    severity: Annotated[str, OneOf(Severity)]
    category: Annotated[str, OneOf(Category)]
    code: codes.NoticeCode
    message: str
    alertId: NotRequired[str]


@_EXACT
class RateAnswer(TypedDict):
    """A rate: a count per time."""

    count: int
    seconds: int


@_EXACT
class PausedAnswer(TypedDict):
    """A paused channel."""

    channel: Annotated[str, OneOf(Channel)]
    since: str
    reason: codes.PauseReason


@_EXACT
class SendingLimitsAnswer(TypedDict):
    """What your account may send. Your operator changes it."""

    countries: Annotated[list[str] | None, Field(description="where text messages may go; null = anywhere")]
    specialNumbers: Annotated[bool, Field(description="premium, shared-cost, personal, satellite numbers")]
    perReceiver: Annotated[RateAnswer | None, Field(description="text messages to one receiver; null = no limit")]
    callsPerReceiver: Annotated[
        RateAnswer | None,
        Field(description="calls placed to one number, a third of them kept for urgent calls; null = no limit"),
    ]
    perAccount: Annotated[RateAnswer | None, Field(description="text messages in all; null = no limit")]
    dailySpendLimitUsd: Annotated[float | None, Field(description="estimated cost of a UTC day; null = no limit")]
    spentTodayUsd: Annotated[float, Field(description="estimated")]
    paused: list[PausedAnswer]


@_EXACT
class LimitsAnswer(TypedDict):
    """How large one call may be. Receivers are counted after expansion, each address once."""

    recipients: Annotated[int, Field(description="receivers of one call; of an escalation, of each step")]
    personalRecipients: Annotated[
        int,
        Field(description="the same if an element has unique lookups or a short link; your operator may raise it"),
    ]
    textCharacters: Annotated[int, Field(description="characters of one text message, lookups replaced")]
    mailBytes: Annotated[
        int, Field(description="bytes of subject and body of one email, lookups replaced; your operator may raise it")
    ]
    callBytes: Annotated[
        int,
        Field(description="bytes of all emails of a call: a personal one counts for each receiver, any other once"),
    ]
    bodyBytes: Annotated[int, Field(description="bytes of the body of one request")]
    receiversInAllSteps: Annotated[int, Field(description="receivers of an alert and all steps of its escalation")]


@_EXACT
class StatsAnswer(TypedDict):
    """How much is waiting."""

    eventsWaiting: Annotated[int, Field(description="result events to be collected")]


# `from` is a keyword of Python
QuietHoursAnswer = TypedDict(
    "QuietHoursAnswer",
    {
        "from": Annotated[str, Field(description="the first quiet minute")],
        "to": Annotated[str, Field(description="the first minute that is not; before `from` = the next day")],
        "weekdays": Annotated[list[int], Field(description="on which they begin; 1 is Monday")],
    },
)
_EXACT(QuietHoursAnswer)


class SettingsAnswer(TypedDict):
    """The settings of a key."""

    apiKeyFriendlyName: str
    sandboxed: bool
    defaultNotification: Annotated[str, OneOf(NotificationMode)]
    defaultNotificationFormat: Annotated[str, OneOf(CallbackEncoding)]
    defaultCallbackUrl: str | None
    transliterate: bool
    ownerEmail: Annotated[str | None, Field(description="owner address for mails about the key; null = none")]
    clickCounts: Annotated[bool, Field(description="default of `options.clickCounts`")]


class InfoSections(TypedDict, total=False):
    """The sections of a key's information, without its settings."""

    timeZone: Annotated[str, Field(description="of your account; times of day are meant there")]
    quietHours: Annotated[QuietHoursAnswer | None, Field(description="of your account; null = there are none")]
    capacities: CapacitiesAnswer
    stored: list[StoredAnswer]
    scheduled: Annotated[list[ScheduleInfo], Field(description="oldest first; the newest thousand, finished ones last")]
    moreScheduled: Annotated[bool, Field(description="there are older ones than those in `scheduled`")]
    keywords: list[KeywordAnswer]
    keywordPlaces: KeywordPlaces
    sendingLimits: SendingLimitsAnswer
    limits: LimitsAnswer
    stats: StatsAnswer
    callbacks: CallbacksAnswer
    messages: list[MessageAnswer]


@_EXACT
class InfoAnswer(SettingsAnswer, InfoSections):
    """About your key; sections that were not requested are omitted."""


@_EXACT
class GetInfoAnswer(TypedDict):
    """The requested sections, or the changed settings."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    info: InfoAnswer
    callback: NotRequired[CallbackChangedAnswer]


def info_answer(key: ApiKey, sections: InfoSections, client_ref: str | None) -> GetInfoAnswer:
    """Return the response with the settings of a key and the sections."""
    answer: GetInfoAnswer = {"success": True, "returnCode": 200, "info": {**_settings(key), **sections}}
    if client_ref is not None:
        answer["clientRef"] = client_ref
    return answer


def _settings(key: ApiKey) -> SettingsAnswer:
    return {
        "apiKeyFriendlyName": key.name,
        "sandboxed": key.sandbox,
        "defaultNotification": key.notification.value,
        "defaultNotificationFormat": key.callback_encoding,
        "defaultCallbackUrl": key.callback_url,
        "transliterate": key.transliterate,
        "ownerEmail": key.owner_email,
        "clickCounts": key.click_counts,
    }


def account_section(account: AccountClock) -> InfoSections:
    """Return the section with time zone and quiet hours of the key's account."""
    return {"timeZone": account.zone, "quietHours": _quiet(account.quiet)}


def capacities_answer(left: Mapping[Channel, int | None]) -> CapacitiesAnswer:
    """Return what is left per channel."""
    return {"call": left[Channel.CALL], "email": left[Channel.EMAIL], "sms": left[Channel.SMS]}


def schedule_section(found: ScheduleList, now: datetime) -> InfoSections:
    """Return the section with a key's scheduled alerts as they are at `now`."""
    return {"scheduled": [schedule_info(each, now) for each in found.schedules], "moreScheduled": found.more}


def _quiet(quiet: QuietHours | None) -> QuietHoursAnswer | None:
    if quiet is None:
        return None
    return {"from": f"{quiet.start:%H:%M}", "to": f"{quiet.end:%H:%M}", "weekdays": sorted(quiet.weekdays)}


def stored_answer(store: StoredContent) -> StoredAnswer:
    """Return a store without its content."""
    return {
        "storeId": store.store_id,
        "storeName": store.name,
        "tag": store.tag,
        "type": store.type.value,
        "expiresUnlessUsed": wire_time(store.expires_at) if store.expires_at else None,
    }


def message_answer(message: AccountNotice) -> MessageAnswer:
    """Return an account notice for the response."""
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


def sending_limits_answer(found: AccountLimits) -> SendingLimitsAnswer:
    """Return what an account may send."""
    sending_limits = found.settings
    return {
        "countries": None if sending_limits.countries is None else sorted(sending_limits.countries),
        "specialNumbers": sending_limits.special_numbers,
        "perReceiver": _rate(sending_limits.number_rate),
        "callsPerReceiver": _rate(sending_limits.call_rate),
        "perAccount": _rate(sending_limits.tenant_rate),
        "dailySpendLimitUsd": None if sending_limits.daily_spend is None else sending_limits.daily_spend / MICROS,
        "spentTodayUsd": found.spent / MICROS,
        "paused": [
            {"channel": channel.value, "since": wire_time(pause.since), "reason": pause.reason}
            for channel, pause in sorted(sending_limits.paused.items())
        ],
    }


def limits_answer(key: ApiKey) -> LimitsAnswer:
    """Return how large one call of a key may be."""
    return {
        "recipients": MAX_RECIPIENTS,
        "personalRecipients": key.personal_cap,
        "textCharacters": SMS_CHARACTERS,
        "mailBytes": key.mail_bytes,
        "callBytes": CALL_BYTES,
        "bodyBytes": MAX_BYTES,
        "receiversInAllSteps": MAX_IN_ALL_STEPS,
    }


def _rate(rate: Rate | None) -> RateAnswer | None:
    return None if rate is None else {"count": rate.count, "seconds": round(rate.span.total_seconds())}
