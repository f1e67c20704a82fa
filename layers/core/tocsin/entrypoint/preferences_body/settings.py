"""Notification settings as calls and answers have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, get_args

from pydantic import ConfigDict, Discriminator, Field, Tag, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.alert_body.words import Form
from tocsin.entrypoint.directory_body.shapes import Id, PersonalPhone, Zone
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import read
from tocsin.kernel.domain.errors import Fault
from tocsin.preferences.domain.fields import Fields
from tocsin.preferences.domain.settings import MOST_LINES, AccountTopic, AppointmentMoment, Communication
from tocsin.preferences.domain.text_number import TextState

_EXACT = with_config(ConfigDict(extra="forbid"))

StateWord = Literal["off", "no_number", "own_number", "opted_out", "ready"]
assert set(get_args(StateWord)) == set(TextState)


class CommunicationBody(ResourceBody):
    """What a person is told of: of their own line, of their groups, and of lines that they follow."""

    call: Annotated[bool, Field(description="a call rings, was missed or was answered")] = True
    text: Annotated[bool, Field(description="a text arrived")] = True
    voicemail: Annotated[bool, Field(description="a voicemail was left")] = True
    fax: Annotated[bool, Field(description="a fax arrived on the person's own line")] = True
    mention: Annotated[bool, Field(description="another person mentioned the person")] = True
    contact: Annotated[bool, Field(description="a contact was assigned to the person")] = True
    appointment: Annotated[bool, Field(description="an appointment was assigned to the person")] = True
    reminder: Annotated[bool, Field(description="a reminder was assigned to the person")] = True


assert set(CommunicationBody.model_fields) == set(Communication)


class MomentsBody(ResourceBody):
    """When a person is told of their appointments."""

    created: Annotated[bool, Field(description="when it is made")] = True
    day: Annotated[bool, Field(alias="1d", description="one day before")] = True
    hour: Annotated[bool, Field(alias="1h", description="one hour before")] = True
    quarter: Annotated[bool, Field(alias="15m", description="15 minutes before")] = True
    minute: Annotated[bool, Field(alias="1m", description="one minute before")] = True


assert {field.alias or name for name, field in MomentsBody.model_fields.items()} == set(AppointmentMoment)


class CustomNumberBody(ResourceBody):
    """A number for texts that is not the backup phone."""

    enabled: Annotated[bool, Field(description="texts go to `number`; 409 while texts are off")] = False
    number: Annotated[PersonalPhone | None, Field(description="no number of the account; kept while texts are off")] = (
        None
    )


class TextChannelBody(ResourceBody):
    """Texts to the person."""

    enabled: bool = False
    custom: CustomNumberBody = CustomNumberBody()


class ChannelsBody(ResourceBody):
    """How a person is told. Topics of the account always come by mail."""

    email: bool = True
    text: TextChannelBody = TextChannelBody()
    browser: Annotated[bool, Field(description="pushes to the browsers that the person has added")] = False
    mobile_push: Annotated[bool, Field(description="shown in the inbox, until there is an app")] = False


_Time = Annotated[str, Form(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", "be a time like 22:00, up to 23:59")]


class PersonalQuietHoursBody(ResourceBody):
    """Hours in which notices wait. They may go over midnight."""

    start: Annotated[_Time, Field(alias="from", description="the first quiet minute")]
    end: Annotated[_Time, Field(alias="to", description="the first minute that is not quiet")]
    zone: Annotated[Zone | None, Field(description="null: the account's")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Quiet hours end at another time than they begin."""
        if raw.get("from") is not None and raw.get("from") == raw.get("to"):
            yield Fault("/to", "NEVER", "must be another time than `from`; these hours would never end")


def _form_of_quiet(raw: Any) -> str:
    return "<hours>" if isinstance(raw, dict | PersonalQuietHoursBody) else "<word>"


QuietChoiceBody = Annotated[
    Annotated[PersonalQuietHoursBody, Tag("<hours>")] | Annotated[Literal["none"], Tag("<word>")],
    Discriminator(_form_of_quiet),
]


class AccountTopicsBody(ResourceBody):
    """Topics of the account, by mail: for owners and admins. 403 for a topic that the person may not see."""

    billing_warnings: Annotated[bool, Field(description="with the billing flag only")] = False
    users_sync: bool = False
    contacts_sync: bool = False
    contact_dispositions_sync: bool = False
    call_disposition_sync: bool = False
    failed_integration: Annotated[bool, Field(description="every integration of the account that fails")] = False
    daily_activity: Annotated[bool, Field(description="at 08:00 of the account's zone, as all daily reports")] = False
    daily_inbound_sms: bool = False
    daily_outbound_sms: bool = False
    daily_spending: bool = False
    imports_exports: Annotated[bool, Field(description="an import or export ended")] = False
    webhook_failures: Annotated[bool, Field(description="callbacks or webhooks are not delivered")] = False


assert set(AccountTopicsBody.model_fields) == set(AccountTopic)

Lines = Annotated[
    list[Id],
    Field(max_length=MOST_LINES, description="ids of lines that the person follows beside their own; no id twice"),
]


class NotificationSettingsBody(ResourceBody):
    """Notification settings. What is omitted stays, null sets the default."""

    communication: CommunicationBody = CommunicationBody()
    events: MomentsBody = MomentsBody()
    lines: Lines = Field(default_factory=list)
    high_sms: Annotated[bool, Field(description="more than 15 texts from one contact within 30 seconds")] = False
    channels: ChannelsBody = ChannelsBody()
    quiet_hours: Annotated[
        QuietChoiceBody | None, Field(description="`none`: never quiet; null: the account's quiet hours")
    ] = None
    account: AccountTopicsBody | None = None


class FollowedLinesBody(ResourceBody):
    """The lines that a person follows beside their own."""

    lines: Lines


def read_settings(raw: Mapping[str, Any]) -> Fields:
    """Return all fields of settings, complete and in canonical form. Raises InvalidRequest, with every fault."""
    return read(NotificationSettingsBody, raw).model_dump(mode="json", by_alias=True)


def read_lines(raw: Mapping[str, Any]) -> Sequence[str]:
    """Return the ids of a list of lines. Raises InvalidRequest, with every fault."""
    return read(FollowedLinesBody, raw).lines


@_EXACT
class CommunicationResource(TypedDict):
    """What a person is told of."""

    call: bool
    text: bool
    voicemail: bool
    fax: bool
    mention: bool
    contact: bool
    appointment: bool
    reminder: bool


_Day = Annotated[bool, Field(description="one day before")]
_Hour = Annotated[bool, Field(description="one hour before")]
_Quarter = Annotated[bool, Field(description="15 minutes before")]
_Minute = Annotated[bool, Field(description="one minute before")]
_Moments = TypedDict("_Moments", {"created": bool, "1d": _Day, "1h": _Hour, "15m": _Quarter, "1m": _Minute})


@_EXACT
class MomentsResource(_Moments):
    """When a person is told of their appointments."""


@_EXACT
class CustomNumberResource(TypedDict):
    """A number for texts that is not the backup phone."""

    enabled: Annotated[bool, Field(description="false while texts are off")]
    number: Annotated[str | None, Field(description="in E.164; null while texts are off, and kept for later")]


@_EXACT
class TextChannelResource(TypedDict):
    """Texts to the person."""

    enabled: bool
    custom: CustomNumberResource
    state: Annotated[
        StateWord,
        Field(description="whether texts arrive; `no_number`: neither a custom number nor a backup phone; `own_number`:"
              " the number is one of the account's by now; `opted_out`: the number said STOP, or is blocked"),
    ]  # fmt: skip


@_EXACT
class ChannelsResource(TypedDict):
    """How a person is told."""

    email: bool
    text: TextChannelResource
    browser: bool
    mobile_push: bool


_End = Annotated[str, Field(description="the first minute that is not quiet")]
_Hours = TypedDict("_Hours", {"from": str, "to": _End, "zone": str | None})


@_EXACT
class PersonalQuietHoursResource(_Hours):
    """Hours in which notices wait."""


@_EXACT
class AccountTopicsResource(TypedDict):
    """Topics of the account; those that the person may not see are absent."""

    billing_warnings: NotRequired[bool]
    users_sync: bool
    contacts_sync: bool
    contact_dispositions_sync: bool
    call_disposition_sync: bool
    failed_integration: bool
    daily_activity: bool
    daily_inbound_sms: bool
    daily_outbound_sms: bool
    daily_spending: bool
    imports_exports: bool
    webhook_failures: bool


@_EXACT
class NotificationSettingsResource(TypedDict):
    """Notification settings of one person."""

    communication: CommunicationResource
    events: MomentsResource
    lines: Annotated[list[str], Field(description="ids; a line that was deleted is in no list")]
    high_sms: bool
    channels: ChannelsResource
    quiet_hours: PersonalQuietHoursResource | Literal["none"] | None
    account: Annotated[NotRequired[AccountTopicsResource], Field(description="of owners and admins only")]


@_EXACT
class FollowedLinesResource(TypedDict):
    """The lines that a person follows beside their own."""

    lines: list[str]
