"""Alert rules and their parts as answers show them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.rule_body.actions import HeaderBody
from tocsin.entrypoint.rule_body.backtests import BacktestCost
from tocsin.entrypoint.rule_body.rule import SipRuleOptionsBody
from tocsin.entrypoint.rule_body.triggers import CallFiltersBody, SipFiltersBody, SmsFiltersBody

_EXACT = with_config(ConfigDict(extra="forbid"))

RuleTypeWord = Literal["call", "sip", "sms"]
Id = Annotated[str, Field(description="its id, for ever")]
NextCursor = Annotated[str | None, Field(description="`cursor` of the next page; null = this is the last")]
Cleared = Annotated[
    list[str], Field(description="headers whose value went because scheme, host or port changed; the webhook is off")
]


@_EXACT
class RuleTriggerResource(TypedDict):
    """One alternative: the rule matches if one of its triggers does."""

    id: Id
    description: Annotated[str, Field(description="history calls it `entity`; empty = `Trigger 1`, by its place")]
    filters: CallFiltersBody | SipFiltersBody | SmsFiltersBody
    out_of_scope: Annotated[
        bool, Field(description="it stands still: it names what the owner of the rule may not use any more")
    ]


@_EXACT
class EmailNotificationResource(TypedDict):
    """A mail to one address."""

    id: Id
    type: Literal["email"]
    enabled: bool
    to: Annotated[str, Field(description="who gets it")]
    subject: str
    body: Annotated[str, Field(description="empty = the ordinary text")]


@_EXACT
class TextEstimateResource(TypedDict):
    """What the texts of one run come to, by a sample of what fires the rule. An estimate, and no invoice."""

    parts: Annotated[int, Field(ge=0, description="segments of a text")]
    price: Annotated[BacktestCost, Field(description="of the texts to all receivers")]


@_EXACT
class SmsNotificationResource(TypedDict):
    """Texts to 1 to 50 numbers."""

    id: Id
    type: Literal["sms"]
    enabled: bool
    sender: Annotated[str, Field(alias="from", description="a number of the account")]
    to: Annotated[list[str], Field(description="who gets them")]
    text: Annotated[str, Field(description="empty = the ordinary text")]
    estimate: NotRequired[Annotated[TextEstimateResource, Field(description="in answers about notifications")]]


@_EXACT
class WebhookNotificationResource(TypedDict):
    """A request to a URL."""

    id: Id
    type: Literal["webhook"]
    enabled: bool
    url: Annotated[str, Field(description="callers who may not edit the rule read `•••` for each value of its query")]
    method: Literal["POST", "PUT", "GET"]
    headers: Annotated[list[HeaderBody], Field(description="secrets read `•••`; written back, that keeps them")]
    secret_missing: Annotated[list[str], Field(description="what has no value; the webhook is off until it is written")]
    cleared: NotRequired[Cleared]


NotificationResource: TypeAlias = EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource


class _RuleHead(TypedDict):
    id: Id
    type: Annotated[RuleTypeWord, Field(description="what it is about; it never changes")]
    owner: Annotated[str, Field(description="id of the person whose rule it is")]
    name: str
    description: str
    enabled: bool
    options: SipRuleOptionsBody
    created_by: Annotated[str | None, Field(description="id of a person; null = an API key made it")]
    company: str | None
    created_at: str
    counts_from: Annotated[str, Field(description="events that are received earlier never fire the rule")]
    version: Annotated[int, Field(description="grows with each change of the rule or of a part; `ETag` holds it", ge=1)]


@_EXACT
class AlertRuleResource(_RuleHead):
    """An alert rule with its triggers and notifications."""

    triggers: list[RuleTriggerResource]
    notifications: list[NotificationResource]


@_EXACT
class CopiedRuleResource(AlertRuleResource):
    """The copy of a rule."""

    secret_missing: Annotated[
        list[str],
        Field(description="header names, and `url`, whose secrets stayed behind: the copier may not edit the original"),
    ]


@_EXACT
class AlertRuleItem(_RuleHead):
    """An alert rule in a list."""

    trigger_count: int
    notification_count: int
    out_of_scope: Annotated[bool, Field(description="a trigger of it stands still")]
    owner_disabled: Annotated[bool, Field(description="its owner cannot sign in; the rule goes on")]
    deleted_at: NotRequired[str]


@_EXACT
class AlertRuleList(TypedDict):
    """A page of alert rules, newest first."""

    items: list[AlertRuleItem]
    next_cursor: NextCursor


@_EXACT
class RuleTriggerList(TypedDict):
    """All triggers of a rule."""

    items: list[RuleTriggerResource]
    next_cursor: NextCursor


@_EXACT
class NotificationList(TypedDict):
    """All notifications of a rule."""

    items: list[NotificationResource]
    next_cursor: NextCursor


@_EXACT
class ExampleRequestResource(TypedDict):
    """The request that a webhook makes, with a sample in the place of an event."""

    method: Literal["POST", "PUT", "GET"]
    url: Annotated[str | None, Field(description="null = the URL of a GET is too long to be sent")]
    headers: Annotated[dict[str, str], Field(description="secrets read `•••`")]
    body: Annotated[dict[str, Any] | None, Field(description="null for a GET, whose query has the same values")]


@_EXACT
class SharedRuleResource(TypedDict):
    """Where people who may see the rule find it."""

    url: str


@_EXACT
class RuleTestMessage(TypedDict):
    """One message of a test."""

    notification_id: str
    recipient: Annotated[str, Field(description="an address, a number, or the URL of a webhook without its query")]


@_EXACT
class RuleTestResource(TypedDict):
    """A test of a rule. What became of its messages stands in the history of the rule."""

    test: Annotated[str, Field(description="its id in the history of the rule")]
    messages: list[RuleTestMessage]
