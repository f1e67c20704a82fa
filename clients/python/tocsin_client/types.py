"""Requests and answers of the API, as JSON has them. Written by `make clients` from docs/openapi.json; changes belong there."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AccessTokenResource(TypedDict):
    """An access token."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    """seconds"""
    refresh_token: NotRequired[str]
    """absent: the one before stays good"""


class AccountBody(TypedDict):
    """The settings of the account. What is omitted stays, null sets the default."""

    name: NotRequired[str | None]
    zone: NotRequired[str]
    """IANA name like Europe/London; null: UTC"""
    quiet_hours: NotRequired[AccountQuietHoursBody | None]
    """of receivers who have none of their own"""
    mfa_required: NotRequired[bool]
    """everybody signs in with an authenticator app"""
    country: NotRequired[str | None]
    """ISO code; of numbers that telephone systems write nationally"""
    notice_sender: NotRequired[str | None]
    """what notices by text come from: a number of the account, or a name of 1 to 11 letters and digits; null: the
    account's first number, else Tocsin
    """
    pbx: NotRequired[PbxBody]
    bus: NotRequired[list[Literal["rules", "incidents", "events"]]]
    """what is put on the operator's event bus beside results of alerts: runs of alert rules, incidents of
    integrations, telephony events that Tocsin makes itself
    """


AccountQuietHoursBody = TypedDict(
    "AccountQuietHoursBody",
    {
        # the first quiet minute
        "from": "str",
        # the first minute that is not quiet
        "to": "str",
        # on which they begin; omitted: every day
        "days": "NotRequired[list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]]",
    },
)
"""A part of the day in which no receiver gets a message that is not urgent."""

AccountQuietHoursResource = TypedDict(
    "AccountQuietHoursResource",
    {
        # the first quiet minute
        "from": "str",
        # the first minute that is not quiet
        "to": "str",
        "days": "list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]",
    },
)
"""A part of the day in which no receiver gets a message that is not urgent."""


class AccountResource(TypedDict):
    """The settings of the account."""

    id: str
    """of the account, for ever"""
    name: str
    zone: str
    quiet_hours: AccountQuietHoursResource | None
    mfa_required: bool
    country: str | None
    notice_sender: str | None
    """as chosen"""
    pbx: PbxResource
    bus: list[Literal["rules", "incidents", "events"]]
    """what is put on the event bus beside results of alerts"""
    notice_sender_now: str
    """what notices by text come from now"""


class AccountTopicsBody(TypedDict):
    """Topics of the account, by mail: for owners and admins. 403 for a topic that the person may not see."""

    billing_warnings: NotRequired[bool]
    """with the billing flag only"""
    users_sync: NotRequired[bool]
    contacts_sync: NotRequired[bool]
    contact_dispositions_sync: NotRequired[bool]
    call_disposition_sync: NotRequired[bool]
    failed_integration: NotRequired[bool]
    """every integration of the account that fails"""
    daily_activity: NotRequired[bool]
    """at 08:00 of the account's zone, as all daily reports"""
    daily_inbound_sms: NotRequired[bool]
    daily_outbound_sms: NotRequired[bool]
    daily_spending: NotRequired[bool]
    imports_exports: NotRequired[bool]
    """an import or export ended"""
    webhook_failures: NotRequired[bool]
    """callbacks or webhooks are not delivered"""


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


class AcknowledgeBody(TypedDict):
    """Mark a receiver as having answered."""

    recipient: NotRequired[str | None]
    """an address in any spelling, or the `recipient` of an entry of the list of recipients"""
    contact_id: NotRequired[str | None]
    """the contact's id"""
    note: NotRequired[str | None]
    """how the answer came, for those who read the alert"""


class ActionResource(TypedDict):
    """The call that sends the message; secrets are masked."""

    service: str
    """sns, sms-voice, ses or https"""
    operation: str
    request: dict[str, Any]
    response: dict[str, Any] | None
    http_status: int | None


class ActiveAnswer(TypedDict):
    """The alert waits for a keyword; nothing was sent."""

    success: bool
    returnCode: int
    clientRef: str
    storeId: str
    """the stored alert that a keyword fires"""
    expirationInDays: int
    """days it waits at most"""
    triggers: list[ActiveKeyword]
    """in request order"""


class ActiveKeyword(TypedDict):
    """One active keyword."""

    type: Literal["sms", "email", "shortlink"]
    keyword: str
    tag: str
    where: list[str]
    """the numbers to text it to, or the address to mail it to; empty for a short link"""


AddRuleNotificationAnswer = TypedDict(
    "AddRuleNotificationAnswer",
    {
        # its id, for ever
        "id": "str",
        "type": "Literal['webhook', 'email', 'sms']",
        "enabled": "bool",
        # callers who may not edit the rule read `•••` for each value of its query
        "url": "NotRequired[str]",
        "method": "NotRequired[Literal['POST', 'PUT', 'GET']]",
        # secrets read `•••`; written back, that keeps them
        "headers": "NotRequired[list[BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody]]",
        # what has no value; the webhook is off until it is written
        "secret_missing": "NotRequired[list[str]]",
        # headers whose value went because scheme, host or port changed; the webhook is off
        "cleared": "NotRequired[list[str]]",
        # who gets it
        "to": "NotRequired[str | list[str]]",
        "subject": "NotRequired[str]",
        # empty = the ordinary text
        "body": "NotRequired[str]",
        # a number of the account
        "from": "NotRequired[str]",
        # empty = the ordinary text
        "text": "NotRequired[str]",
        # in answers about notifications
        "estimate": "NotRequired[TextEstimateResource]",
    },
)
"""One of `WebhookNotificationResource`, `EmailNotificationResource`, `SmsNotificationResource`."""


class AdditionalContent(TypedDict):
    """A prompt that is played around the main message."""

    contentTag: Literal["pre", "post", "done"]
    """when it is played: before, after, at the end"""
    content: NotRequired[str | None]
    storedContent: NotRequired[str | StoreChoice | None]
    """a store of type call; this or `content`"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    voiceFormat: NotRequired[Literal["mp3", "wav", "aiff", "tts"] | None]
    tts: NotRequired[TextToSpeech | None]


class AlertEntry(TypedDict):
    """The result of one element of the call."""

    alertType: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    success: bool
    requestedCount: int
    """receivers asked for, after expansion"""
    sentCount: int
    """receivers accepted for sending"""
    remainingCapacity: int | None
    """what is left on this channel; null = unlimited"""
    segments: NotRequired[int]
    """sms only: parts the text is billed as; with lookups that of the longest text among the receivers, short links
    counted in full
    """
    charactersReplaced: NotRequired[int]
    """sms only: characters of the text that became `?` on the way to GSM 7-bit"""
    failureReason: NotRequired[str]
    """why fewer were accepted, in words"""
    failureCode: NotRequired[Reason]
    """the same as a stable word"""
    warnings: NotRequired[list[WarningEntry]]
    """they change nothing of the result"""


class AlertListResource(TypedDict):
    """Alerts, newest first. A page may be short while `next_cursor` says that more follows."""

    items: list[AlertRowResource]
    next_cursor: str | None
    """give it as `cursor` for what follows; null at the end"""


class AlertOfIntegrationsBody(TypedDict):
    """A subscription to alerts of integrations."""

    user: str
    """id of the person, one of `GET /integration_alerts/candidates`"""
    companies: NotRequired[list[str] | Literal["all"] | None]
    """ids of the companies whose integrations are told; omitted, null or `all` = all"""


class AlertOfIntegrationsList(TypedDict):
    """The subscriptions that the caller may see, by id."""

    items: list[AlertOfIntegrationsResource]
    next_cursor: str | None


class AlertOfIntegrationsResource(TypedDict):
    """A subscription to alerts of integrations."""

    id: str
    """its id, for ever"""
    user: str
    name: str
    """of the person, now"""
    email: str
    """of the person, now: mails go there"""
    companies: list[str] | Literal["all"]
    created_by: str | None
    """id of the person who made it"""
    activating: str | None
    """name of the integration whose activation made it; null = a person did"""
    created_at: str
    last_sent_at: str | None
    """of the last mail because of it"""
    version: int
    """grows with each change; `ETag` holds it"""


class AlertRowResource(TypedDict):
    """An alert of the list, and its progress."""

    alert_ref: str
    alert_id: str
    """the same as alert_ref"""
    title: str
    """as given, else the first subject, else the first words of a text, else the `client_ref`"""
    sent_by: SentByResource
    company: str | None
    """the sub-unit that it belongs to; null: the whole account"""
    client_ref: str
    sender: str
    """id of the API key that sent it"""
    sandbox: bool
    lane: Literal["urgent", "bulk"]
    overrides_quiet_hours: bool
    """`options.urgent`: it is sent during quiet hours"""
    notification: Literal["poll", "callback", "bus", "none"]
    accepted_at: str
    send_before: str
    """nothing is sent at or after this instant, except to receivers whose quiet hours came before it: they have four
    hours from their end
    """
    expires_at: str | None
    """results are gone from here on; null = never"""
    email_subject_ref: str | None
    recipient_count: int
    cause: CauseResource | None
    """null for an alert of your own call"""
    items: list[ItemResource]
    state: AlertState
    counts: dict[str, int]
    """messages per state; every state is named"""
    answered: int
    """receivers of this alert whose message has an answer that counts"""
    escalation: EscalationResource | None
    """null for an alert that is part of none"""


class AlertRuleItem(TypedDict):
    """An alert rule in a list."""

    id: str
    """its id, for ever"""
    type: Literal["call", "sip", "sms"]
    """what it is about; it never changes"""
    owner: str
    """id of the person whose rule it is"""
    name: str
    description: str
    enabled: bool
    options: SipRuleOptionsBody
    created_by: str | None
    """id of a person; null = an API key made it"""
    company: str | None
    created_at: str
    counts_from: str
    """events that are received earlier never fire the rule"""
    version: int
    """grows with each change of the rule or of a part; `ETag` holds it"""
    trigger_count: int
    notification_count: int
    out_of_scope: bool
    """a trigger of it stands still"""
    owner_disabled: bool
    """its owner cannot sign in; the rule goes on"""
    deleted_at: NotRequired[str]


class AlertRuleList(TypedDict):
    """A page of alert rules, newest first."""

    items: list[AlertRuleItem]
    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""


class AlertRuleResource(TypedDict):
    """An alert rule with its triggers and notifications."""

    id: str
    """its id, for ever"""
    type: Literal["call", "sip", "sms"]
    """what it is about; it never changes"""
    owner: str
    """id of the person whose rule it is"""
    name: str
    description: str
    enabled: bool
    options: SipRuleOptionsBody
    created_by: str | None
    """id of a person; null = an API key made it"""
    company: str | None
    created_at: str
    counts_from: str
    """events that are received earlier never fire the rule"""
    version: int
    """grows with each change of the rule or of a part; `ETag` holds it"""
    triggers: list[RuleTriggerResource]
    notifications: list[EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource]


AlertState: TypeAlias = Literal["accepted", "dispatching", "completed", "expired", "cancelled"]
"""States of an alert: `state` of `/alerts/{alert_ref}`."""


class AlertStatusResource(TypedDict):
    """An alert and its progress."""

    alert_ref: str
    alert_id: str
    """the same as alert_ref"""
    title: str
    """as given, else the first subject, else the first words of a text, else the `client_ref`"""
    sent_by: SentByResource
    company: str | None
    """the sub-unit that it belongs to; null: the whole account"""
    client_ref: str
    sender: str
    """id of the API key that sent it"""
    sandbox: bool
    lane: Literal["urgent", "bulk"]
    overrides_quiet_hours: bool
    """`options.urgent`: it is sent during quiet hours"""
    notification: Literal["poll", "callback", "bus", "none"]
    accepted_at: str
    send_before: str
    """nothing is sent at or after this instant, except to receivers whose quiet hours came before it: they have four
    hours from their end
    """
    expires_at: str | None
    """results are gone from here on; null = never"""
    email_subject_ref: str | None
    recipient_count: int
    cause: CauseResource | None
    """null for an alert of your own call"""
    items: list[ItemResource]
    state: AlertState
    counts: dict[str, int]
    """messages per state; every state is named"""
    excluded_count: int
    """receivers that were asked for and not accepted, see `/alerts/{alert_ref}/recipients` with `state=excluded`;
    not part of `counts`
    """
    responses: int
    """answers that count, see `/alerts/{alert_ref}/responses`"""
    uncounted_responses: int
    """answers that are kept there and do not count"""
    escalation: EscalationResource | None
    """null for an alert that is part of none"""


class AlertSummaryResource(TypedDict):
    """The sums over the alerts of one `clientRef`."""

    client_ref: str
    alerts: int
    """how many there are"""
    recipient_count: int
    """accepted receivers of all of them"""
    counts: dict[str, int]
    """messages per state; every state is named"""
    responses: int
    """answers that count"""
    next_cursor: str | None
    """the sums are of a part: give it as `cursor`, and add what comes; null: of all"""


class ApiKeyHeaderBody(TypedDict):
    """`X-API-Key: …`."""

    preset: Literal["x_api_key"]
    value: NotRequired[str | None]
    """written, never read; absent or null = as it was"""
    set: NotRequired[bool | None]
    """read only: whether there is a secret"""


class AppointmentBody(TypedDict):
    """An appointment."""

    title: str
    """what it is; one line"""
    starts_at: str
    """RFC 3339, with its offset; the past is allowed: no reminders"""
    assignee: NotRequired[str]
    """id of the person whose appointment it is; `me`, the default: the caller"""
    note: NotRequired[str]
    """one line; reminders say it too"""


class AppointmentList(TypedDict):
    """Appointments of one person by their start. A page may be short, or empty, with a `next_cursor`."""

    items: list[AppointmentResource]
    next_cursor: str | None


class AppointmentPatch(TypedDict):
    """A JSON merge patch (RFC 7396) of an appointment: null takes a field back to its default."""

    title: NotRequired[str]
    starts_at: NotRequired[str]
    assignee: NotRequired[str | None]
    note: NotRequired[str | None]


class AppointmentResource(TypedDict):
    """An appointment."""

    id: str
    """its id, for ever"""
    title: str
    starts_at: str
    assignee: str
    """id of the person whose appointment it is"""
    note: str
    state: Literal["planned", "cancelled"]
    reminders: list[ReminderResource]
    """none of one that is cancelled"""
    created_by: str | None
    """id of the person who made it; null: an event or an API key"""
    created_at: str
    cancelled_at: str | None
    source: str | None
    """of the event that made it; null: a person or an API key did"""
    external_id: str | None
    """its id in that source"""
    version: int
    """grows with each change; `ETag` holds it"""


class AttemptAnswer(TypedDict):
    """One attempt to deliver an event."""

    attempt: int
    whence: str
    status: int | None
    """HTTP status; null = no answer"""
    reason: AttemptReason | None
    """why no answer came; null = one did, or may yet"""
    milliseconds: int | None
    answer: NotRequired[str]
    """how the answer to a failed call began, up to 256 characters; for 7 days"""


AttemptReason: TypeAlias = Literal[
    "malformed_url",
    "userinfo",
    "host",
    "scheme",
    "port",
    "inside_name",
    "not_public",
    "name_not_resolved",
    "name_timeout",
    "connect_timeout",
    "refused",
    "connection_failed",
    "tls_timeout",
    "tls_failed",
    "write_timeout",
    "read_timeout",
    "connection_reset",
    "headers_too_long",
    "not_http",
    "outcome_lost",
    "url_too_long",
    "sandbox",
    "rule_deleted",
]
"""Why a webhook call got no response: `callbacks.deliveries[].attempts[].reason` in `/getinfo`."""

BacktestBody = TypedDict(
    "BacktestBody",
    {
        # ISO 8601, included
        "from": "str",
        # ISO 8601, excluded; at most now
        "to": "str",
        # the fields of a new alert rule
        "rule": "dict[str, Any]",
    },
)
"""A rule that need not be saved, and which events are looked at."""


class BacktestCost(TypedDict):
    """An estimate, and no invoice."""

    currency: Literal["USD"]
    amount: float


class BacktestMatch(TypedDict):
    """One event that would have been told."""

    event: str
    """`event_id`"""
    time: str
    """when it happened"""
    triggers: list[str]
    """ids of the triggers that match"""


BacktestResource = TypedDict(
    "BacktestResource",
    {
        # its id
        "id": "str",
        # null = the rule is not saved
        "rule_id": "str | None",
        "state": "Literal['queued', 'scanning', 'done', 'failed']",
        "progress": "float",
        # by receipt, included
        "from": "str",
        # excluded
        "to": "str",
        "created_at": "str",
        "expires_at": "str",
        # after hold and throttle
        "firings": "int",
        # events that match a trigger
        "matches": "int",
        "per_day": "list[DayCount]",
        "per_hour": "list[HourCount]",
        # the 10 with the most
        "lines": "list[LineCount]",
        # the first 100
        "first": "list[BacktestMatch]",
        # text messages, one for each receiver
        "texts": "int",
        "cost": "BacktestCost",
        "near_misses": "list[NearMisses]",
        # a sentence if it is more than one an hour
        "noise": "str | None",
    },
)
"""What a rule would have done. Until `state` is `done`, the counts are those of the part that is done."""


class BasicHeaderBody(TypedDict):
    """`Authorization: Basic …`."""

    preset: Literal["basic"]
    username: str
    password: NotRequired[str | None]
    """written, never read; absent or null = as it was"""
    set: NotRequired[bool | None]
    """read only: whether there is a secret"""


class BearerHeaderBody(TypedDict):
    """`Authorization: Bearer …`."""

    preset: Literal["bearer"]
    token: NotRequired[str | None]
    """written, never read; absent or null = as it was"""
    set: NotRequired[bool | None]
    """read only: whether there is a secret"""


class BriefLineResource(TypedDict):
    """A colleague's line, as people without further rights see it."""

    id: str
    """its id, for ever"""
    extension: str
    label: str


class CallElement(TypedDict):
    """A call to each receiver."""

    recipients: NotRequired[list[str] | None]
    """phone numbers (E.164) or email addresses"""
    recipientList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedRecipients: NotRequired[str | StoreChoice | None]
    """a stored `recipientList`"""
    contacts: NotRequired[list[str] | None]
    """ids of contacts of the call's group"""
    contactList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactList: NotRequired[str | StoreChoice | None]
    """a stored `contactList`"""
    contactSets: NotRequired[list[str] | None]
    """names of sets of the call's group; `all` always exists"""
    contactSetList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactSetList: NotRequired[str | StoreChoice | None]
    """a stored `contactSetList`"""
    tag: str
    """your own name for this element; it comes back in answers and events"""
    content: NotRequired[str | None]
    """the text; this or `storedContent`"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storedContent: NotRequired[str | StoreChoice | None]
    """a store of this type; this or `content`"""
    linkedAlertModifiers: NotRequired[LinkedAlertModifiers | None]
    timeWindows: NotRequired[list[str] | None]
    """the element is skipped unless one of them is open"""
    voiceFormat: NotRequired[Literal["mp3", "wav", "aiff", "tts"] | None]
    """required with `content`"""
    tts: NotRequired[TextToSpeech | None]
    """only with `voiceFormat` `tts`"""
    alertType: Literal["call"]
    sender: str
    """the number that calls, which the receiver sees; one of yours"""
    ivrControl: NotRequired[SimpleIvr | ReplayIvr | None]
    """the dialogue; default `simple`"""
    additionalContent: NotRequired[list[AdditionalContent] | None]
    """prompts of a replay dialogue"""
    lookups: NotRequired[Lookups | None]
    """only for texts that are read out"""


class CallFiltersBody(TypedDict):
    """Which finished calls a rule is about."""

    numbers: NotRequired[list[str] | None]
    """numbers of the event, however written; absent = any"""
    lines: NotRequired[list[str] | None]
    """ids, extensions or aliases; absent = any"""
    groups: NotRequired[list[str] | None]
    """ids, numbers or aliases; absent = any"""
    directions: NotRequired[list[Literal["incoming", "outgoing", "internal"]] | None]
    """absent = any"""
    statuses: NotRequired[
        list[Literal["answered", "missed", "voicemail", "abandoned", "busy", "failed", "transferred"]] | None
    ]
    """what became of the call; absent = any"""
    tags: NotRequired[list[str] | None]
    """whatever their case; absent = any"""
    duration: NotRequired[DurationBody | None]
    time_of_day: NotRequired[list[DailyHoursBody] | None]
    """when the call started; absent = at any time"""


class CallRuleBody(TypedDict):
    """A new rule about finished calls."""

    name: str
    description: NotRequired[str]
    enabled: NotRequired[bool]
    """false: it matches nothing"""
    options: NotRequired[RuleOptionsBody]
    owner: NotRequired[str | None]
    """a person; absent = who calls"""
    notifications: NotRequired[list[EmailActionBody | SmsActionBody | WebhookActionBody]]
    type: Literal["call"]
    triggers: NotRequired[list[CallTriggerBody]]


class CallTriggerBody(TypedDict):
    """One alternative of a rule about calls."""

    description: NotRequired[str]
    """history calls it `entity`"""
    filters: NotRequired[CallFiltersBody]


class CallbackChangeBody(TypedDict):
    """A change of one callback endpoint, named by its id or its URL."""

    endpointId: NotRequired[str | None]
    callbackUrl: NotRequired[str | None]
    """with `rotateSecret` it may be one that was never called"""
    rotateSecret: NotRequired[bool]
    """make a new signing secret and show it, once; the one before signs along for a day"""
    enabled: NotRequired[bool | None]
    """deliver its events, or pause them"""
    replayEventId: NotRequired[str | None]
    """deliver this event again"""
    replayFailed: NotRequired[bool]
    """deliver again events that failed or were paused in the last 30 days, up to 100 a call"""
    test: NotRequired[bool]
    """send one signed event `test`, also to a disabled endpoint and to a URL that was never called: one attempt,
    which changes nothing of the endpoint; at most 10 a minute. `/getinfo` lists its delivery
    """
    replayAfter: NotRequired[str | None]
    """`replayNext` of the answer before"""


class CallbackChangedAnswer(TypedDict):
    """The result of the change."""

    endpoint: NotRequired[EndpointAnswer]
    secret: NotRequired[str]
    """`whsec_…`, of Standard Webhooks; keep it, it is shown once"""
    replayed: NotRequired[int]
    """events that are delivered again"""
    testEventId: NotRequired[str]
    """`eventId` of the test event"""
    replayNext: NotRequired[str]
    """there are more: repeat with it as `replayAfter`"""


class CallbackOptions(TypedDict):
    """Which deliveries to return."""

    endpointId: str
    maximumDeliveries: NotRequired[int]
    after: NotRequired[str | None]
    """`deliveriesNext` of the answer before"""


class CallbacksAnswer(TypedDict):
    """Your callback endpoints, and with `callbackOptions` the deliveries to one of them."""

    endpoints: list[EndpointAnswer]
    deliveries: NotRequired[list[DeliveryAnswer]]
    deliveriesNext: NotRequired[str]


class CancelAlertsBody(TypedDict):
    """Stop messages that have not been sent."""

    clientRef: NotRequired[str | None]
    cancel: list[CancelEntry]


class CancelAnswer(TypedDict):
    """At least one entry was cancelled."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    cancel: list[CancelEntryAnswer]
    """in request order"""


class CancelEntry(TypedDict):
    """One thing to cancel: an alert, a scheduled alert, a trigger, or all alerts of a link."""

    alertId: NotRequired[str | None]
    """a live alert"""
    alertRef: NotRequired[str | None]
    """the same as `alertId`"""
    scheduledAlertId: NotRequired[str | None]
    """a scheduled alert"""
    scheduleId: NotRequired[str | None]
    """the same as `scheduledAlertId`"""
    triggered: NotRequired[StoreChoice | None]
    """the triggers of a stored alert"""
    linkRef: NotRequired[str | None]
    """every alert of this link, sent or still to come"""


class CancelEntryAnswer(TypedDict):
    """The result of one entry."""

    success: bool
    alertId: NotRequired[str]
    alertRef: NotRequired[str]
    scheduledAlertId: NotRequired[str]
    scheduleId: NotRequired[str]
    triggered: NotRequired[CancelledTriggers]
    linkRef: NotRequired[str]
    cancelledAt: NotRequired[str]
    """when; the first time if it was cancelled before"""
    stoppedCount: NotRequired[int]
    """messages that never go out"""
    mayStillGoCount: NotRequired[int]
    """the other messages without a final state: a worker was about to send them"""
    openCount: NotRequired[int]
    """the sum of both"""
    failureReason: NotRequired[str]
    failureCode: NotRequired[FaultCode | ErrorCode]
    """`NOT_FOUND` for an unknown `linkRef`"""


class CancelledTriggers(TypedDict):
    """Which stored alert, as the request named it."""

    storeId: NotRequired[str]
    storeName: NotRequired[str]


class CandidateList(TypedDict):
    """Whom the caller may choose, by name."""

    items: list[CandidateResource]
    missing: list[MissingResource]


class CandidateResource(TypedDict):
    """A person who may be subscribed."""

    id: str
    """of the person"""
    name: str
    email: str
    role: str
    companies: list[str]


class CapacitiesAnswer(TypedDict):
    """What is left per channel; null = unlimited."""

    call: int | None
    email: int | None
    sms: int | None


class CapacityBody(TypedDict):
    """What a key may spend."""

    sms: NotRequired[int | None]
    """units that it may spend; absent = unlimited"""
    email: NotRequired[int | None]
    """units that it may spend; absent = unlimited"""
    call: NotRequired[int | None]
    """units that it may spend; absent = unlimited"""


class CapacityResource(TypedDict):
    """What is left for each channel; null = unlimited."""

    sms: int | None
    email: int | None
    call: int | None


CauseKind: TypeAlias = Literal[
    "schedule",
    "escalation",
    "all_clear",
    "trigger",
    "rule",
    "rule_test",
    "mail_test",
    "notice",
    "incident",
    "report",
    "tenant_mail",
]
"""What sent an alert: `cause.kind` of an alert, and `reason` of the line `accepted` in `explain`."""


class CauseResource(TypedDict):
    """The cause of an alert that was not sent by a call."""

    kind: CauseKind
    parent: str
    """escalation, all_clear: the first alert; else the id of the schedule or trigger"""
    run: str
    """which of its runs; of an escalation the number of the step"""


ChangeRuleNotificationAnswer = TypedDict(
    "ChangeRuleNotificationAnswer",
    {
        # its id, for ever
        "id": "str",
        "type": "Literal['webhook', 'email', 'sms']",
        "enabled": "bool",
        # callers who may not edit the rule read `•••` for each value of its query
        "url": "NotRequired[str]",
        "method": "NotRequired[Literal['POST', 'PUT', 'GET']]",
        # secrets read `•••`; written back, that keeps them
        "headers": "NotRequired[list[BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody]]",
        # what has no value; the webhook is off until it is written
        "secret_missing": "NotRequired[list[str]]",
        # headers whose value went because scheme, host or port changed; the webhook is off
        "cleared": "NotRequired[list[str]]",
        # who gets it
        "to": "NotRequired[str | list[str]]",
        "subject": "NotRequired[str]",
        # empty = the ordinary text
        "body": "NotRequired[str]",
        # a number of the account
        "from": "NotRequired[str]",
        # empty = the ordinary text
        "text": "NotRequired[str]",
        # in answers about notifications
        "estimate": "NotRequired[TextEstimateResource]",
    },
)
"""One of `WebhookNotificationResource`, `EmailNotificationResource`, `SmsNotificationResource`."""


class ChangedAnswer(TypedDict):
    """The state of the scheduled alert."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    scheduledAlertId: str
    scheduleId: str
    state: ScheduleState
    nextRunAt: str | None
    """when it is sent next, UTC; null while it is paused or over"""


class ChannelTold(TypedDict):
    """What became of a notice by one channel."""

    channel: Literal["email", "text", "browser", "inbox"]
    state: Literal["sent", "skipped"]
    """sent: given to dispatch, or stored"""
    reason: (
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
        | None
    )
    """why it was skipped; null: it was sent"""
    reason_text: str | None


class ChannelsBody(TypedDict):
    """How a person is told. Topics of the account always come by mail."""

    email: NotRequired[bool]
    text: NotRequired[TextChannelBody]
    browser: NotRequired[bool]
    """pushes to the browsers that the person has added"""
    mobile_push: NotRequired[bool]
    """shown in the inbox, until there is an app"""


class ChannelsResource(TypedDict):
    """How a person is told."""

    email: bool
    text: TextChannelResource
    browser: bool
    mobile_push: bool


ClickClassification: TypeAlias = Literal["human", "automated"]
"""Who followed a short link: `classification` of an event `shortlinkClick`."""


class CloudEventBody(TypedDict):
    """A CloudEvent 1.0. Up to 20 other attributes are kept and not read."""

    specversion: Literal["1.0"]
    id: str
    """the sender's; an event of the same `source` and `id` is a repeat"""
    source: str
    type: str
    """for example `call.ended`; other types are kept and do nothing"""
    time: str
    """RFC 3339: when it happened; at most 5 minutes ahead"""
    data: dict[str, Any]
    """at most 64 KB; `docs/events/<type>.json` is its JSON Schema; unknown fields are kept"""


class CollectEventsBody(TypedDict):
    """Take waiting result events, each once, or look at them."""

    clientRef: NotRequired[str | None]
    alertId: NotRequired[str | None]
    """of this alert only; this or `all`"""
    alertRef: NotRequired[str | None]
    """the same as `alertId`"""
    all: NotRequired[bool]
    """of every alert of this key"""
    options: NotRequired[CollectOptions]


class CollectOptions(TypedDict):
    """How much to collect."""

    maximumItemsToReturn: NotRequired[int | None]
    """default 1, with `peek` 100"""
    returnNumRemaining: NotRequired[bool]
    """also say how many are left"""
    peek: NotRequired[bool]
    """only look: the oldest that wait, up to 100. None is taken, so a repeat returns them again"""


class CommunicationBody(TypedDict):
    """What a person is told of: of their own line, of their groups, and of lines that they follow."""

    call: NotRequired[bool]
    """a call rings, was missed or was answered"""
    text: NotRequired[bool]
    """a text arrived"""
    voicemail: NotRequired[bool]
    """a voicemail was left"""
    fax: NotRequired[bool]
    """a fax arrived on the person's own line"""
    mention: NotRequired[bool]
    """another person mentioned the person"""
    contact: NotRequired[bool]
    """a contact was assigned to the person"""
    appointment: NotRequired[bool]
    """an appointment was assigned to the person"""
    reminder: NotRequired[bool]
    """a reminder was assigned to the person"""


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


class CompanyBody(TypedDict):
    """A sub-unit of the account."""

    name: str
    """unique in the account, whatever its case"""


class CompanyList(TypedDict):
    """A page of companies."""

    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""
    items: list[CompanyResource]


class CompanyResource(TypedDict):
    """A sub-unit of the account."""

    id: str
    """its id, for ever"""
    name: str
    external_id: str | None
    """its id in the system that pushes the directory"""
    version: int
    """grows with each change; `ETag` holds it"""


class ConnectBody(TypedDict):
    """Which mailbox is to be connected."""

    type: Literal["MS365", "GMAIL"]
    """Microsoft 365 or Gmail"""


class ConnectingResource(TypedDict):
    """A connection that was begun."""

    authorization_url: str
    """open it in a browser, and consent as the mailbox"""
    expires_at: str
    """until when the mailbox can be connected by it"""


class ContactGroupChoice(TypedDict):
    """The contact group of the call: inline or stored."""

    inlineContactGroup: NotRequired[ContactGroupChoiceInlineContactGroup | None]
    storedContactGroup: NotRequired[str | StoreChoice | None]
    """a stored `contactGroup`"""


class ContactGroupChoiceInlineContactGroup(TypedDict):
    """Contacts and sets of them; the set `all` always exists. All but the ids is encrypted at rest."""

    name: NotRequired[str]
    contacts: list[ContactGroupChoiceInlineContactGroupContacts]
    sets: NotRequired[list[ContactGroupChoiceInlineContactGroupSets]]


class ContactGroupChoiceInlineContactGroupContacts(TypedDict):
    """ContactGroupChoiceInlineContactGroupContacts."""

    id: str
    """unique in the group; should not reveal who it is"""
    sms: NotRequired[str | None]
    """number for text messages (E.164)"""
    email: NotRequired[str | None]
    call: NotRequired[str | None]
    """number for calls (E.164)"""
    lookups: NotRequired[dict[str, str]]
    """personal values, such as firstname"""
    quietHours: NotRequired[Literal["none"] | ContactGroupChoiceInlineContactGroupContactsQuietHours | None]
    """when messages to this contact wait, instead of the account's quiet hours; `none` = never"""


ContactGroupChoiceInlineContactGroupContactsQuietHours = TypedDict(
    "ContactGroupChoiceInlineContactGroupContactsQuietHours",
    {
        # the first quiet minute
        "from": "str",
        # the first minute that is not; before `from` = the next day
        "to": "str",
        # IANA name like Europe/London; default: your account's
        "zone": "NotRequired[str | None]",
    },
)


class ContactGroupChoiceInlineContactGroupSets(TypedDict):
    """ContactGroupChoiceInlineContactGroupSets."""

    name: str
    ids: list[str]
    """ids of contacts of this group"""


class ContactListResource(TypedDict):
    """Contacts by their ids."""

    items: list[ContactResource]
    next_cursor: str | None
    """give it as `cursor` for what follows; null at the end"""


class ContactResource(TypedDict):
    """A contact of a stored group, as `/storecontent` takes it. Empty fields are missing."""

    id: NotRequired[str]
    """in a request: the id in the path, or missing"""
    sms: NotRequired[str]
    email: NotRequired[str]
    call: NotRequired[str]
    lookups: NotRequired[dict[str, str]]
    quietHours: NotRequired[str | dict[str, str]]
    """`none`, or an object with `from`, `to` and perhaps `zone`"""


class ContactSetResource(TypedDict):
    """A set of a stored group."""

    name: NotRequired[str]
    """in a request: the name in the path, or missing"""
    ids: list[str]
    """contacts of the group"""


class CopiedRuleResource(TypedDict):
    """The copy of a rule."""

    id: str
    """its id, for ever"""
    type: Literal["call", "sip", "sms"]
    """what it is about; it never changes"""
    owner: str
    """id of the person whose rule it is"""
    name: str
    description: str
    enabled: bool
    options: SipRuleOptionsBody
    created_by: str | None
    """id of a person; null = an API key made it"""
    company: str | None
    created_at: str
    counts_from: str
    """events that are received earlier never fire the rule"""
    version: int
    """grows with each change of the rule or of a part; `ETag` holds it"""
    triggers: list[RuleTriggerResource]
    notifications: list[EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource]
    secret_missing: list[str]
    """header names, and `url`, whose secrets stayed behind: the copier may not edit the original"""


class CopyBody(TypedDict):
    """A copy of a rule."""

    owner: NotRequired[str | None]
    """a person; absent = who calls"""


class CustomHeaderBody(TypedDict):
    """A header by name."""

    preset: Literal["custom"]
    name: str
    value: NotRequired[str | None]
    """written, never read; absent or null = as it was"""
    set: NotRequired[bool | None]
    """read only: whether there is a secret"""


class CustomNumberBody(TypedDict):
    """A number for texts that is not the backup phone."""

    enabled: NotRequired[bool]
    """texts go to `number`; 409 while texts are off"""
    number: NotRequired[str | None]
    """no number of the account; kept while texts are off"""


class CustomNumberResource(TypedDict):
    """A number for texts that is not the backup phone."""

    enabled: bool
    """false while texts are off"""
    number: str | None
    """in E.164; null while texts are off, and kept for later"""


DailyHoursBody = TypedDict(
    "DailyHoursBody",
    {
        # part of the hours
        "from": "str",
        # not part of the hours
        "to": "str",
        # on which the hours begin; absent = each day
        "days": "NotRequired[list[Literal['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']] | None]",
    },
)
"""Hours of the day in the account's zone. Those that end before they begin go on after midnight."""


class DayCount(TypedDict):
    """A day of the account's clock."""

    day: str
    count: int


DefaultTemplateEntry = TypedDict(
    "DefaultTemplateEntry",
    {
        "from": "str",
        "name": "Literal['USER_CREATION', 'QUEUE_CALL_LOST', 'QUEUE_SLA', 'QUEUE_CALLBACK', 'QUEUE_CALLBACK_FAILED', 'VOICEMAIL_RECEIVED', 'CALL_REPORT_COMPLETED', 'DISK_LOW', 'EMERGENCY_CALL', 'LICENSE_LIMITED', 'RECHARGE', 'CONFERENCE_INVITATION', 'TRUNK_CONNECTED', 'TRUNK_DISCONNECTED']",
        "subject": "str",
        "body": "str",
    },
)
"""A default template."""


class DefaultTemplateList(TypedDict):
    """All default templates."""

    items: list[DefaultTemplateEntry]


DefaultTemplateResource = TypedDict(
    "DefaultTemplateResource",
    {
        "from": "str",
        "name": "Literal['USER_CREATION', 'QUEUE_CALL_LOST', 'QUEUE_SLA', 'QUEUE_CALLBACK', 'QUEUE_CALLBACK_FAILED', 'VOICEMAIL_RECEIVED', 'CALL_REPORT_COMPLETED', 'DISK_LOW', 'EMERGENCY_CALL', 'LICENSE_LIMITED', 'RECHARGE', 'CONFERENCE_INVITATION', 'TRUNK_CONNECTED', 'TRUNK_DISCONNECTED']",
        "subject": "str",
        "body": "str",
        # of the event that the mail is about
        "event_type": "str",
        "variables": "list[VariableResource]",
    },
)
"""A default template with what its variables mean."""


class Deferral(TypedDict):
    """Store the alert instead of sending it."""

    defer: NotRequired[bool]
    storeName: NotRequired[str | None]


class DeferredAnswer(TypedDict):
    """The alert is stored and not sent."""

    success: bool
    returnCode: int
    clientRef: str
    storeId: str
    storeName: NotRequired[str]
    expirationInDays: int
    """days it lives unused; 0 = for ever"""


class DeleteContentBody(TypedDict):
    """Remove stored content."""

    clientRef: NotRequired[str | None]
    content: NotRequired[list[DeleteEntry] | None]
    """what to remove"""
    all: NotRequired[bool]
    """remove every store of this key; those that something waits for stay, and are listed"""
    endWaiting: NotRequired[bool]
    """of every entry"""


class DeleteEntry(TypedDict):
    """One store, or with `storeId` `all` every store of one type."""

    storeId: str
    """id of the store, or `all`"""
    contentType: NotRequired[
        Literal[
            "call",
            "sms",
            "email",
            "inboundCall",
            "recipientList",
            "alert",
            "contactGroup",
            "contactList",
            "contactSetList",
        ]
        | None
    ]
    """required with `all`"""
    tag: NotRequired[str | None]
    """required for a single store"""
    endWaiting: NotRequired[bool]
    """cancel the schedules and end the triggers that wait for the store, and remove it"""


class DeliveryAnswer(TypedDict):
    """One event for an endpoint, with its attempts."""

    eventId: str
    alertId: NotRequired[str]
    """missing for a test event"""
    state: DeliveryState
    created: str
    expires: str
    attempts: list[AttemptAnswer]


DeliveryState: TypeAlias = Literal["pending", "attempting", "retry_wait", "succeeded", "exhausted", "dropped", "paused"]
"""States of a webhook delivery: `callbacks.deliveries[].state` in `/getinfo`."""


class DigestBody(TypedDict):
    """Mails are collected from the first match on."""

    every: str


class DisabledKeyResource(TypedDict):
    """A disabled API key."""

    id: str
    """its id, for ever"""
    name: str
    kind: Literal["live", "sandbox"]
    enabled: bool
    rights: list[Literal["canSetLifetime", "canReadAlerts", "canReadStores", "canUseBus", "canSendEvents"]]
    role: str | None
    company: str | None
    networks: list[str]
    owner_email: str | None
    capacity: CapacityResource
    token: NotRequired[str]
    """the token, in answers that make one only"""
    waiting: WaitingUnderKeyResource


DisabledReason: TypeAlias = Literal["failed", "gone", "owner"]
"""Why a webhook endpoint is disabled: `callbacks.endpoints[].disabledReason` in `/getinfo`."""


class DurationBody(TypedDict):
    """Length of a call in seconds, from the first ring to the end. Both ends are part of it."""

    min: NotRequired[int | None]
    """absent = 0"""
    max: NotRequired[int | None]
    """absent = any"""


class EmailActionBody(TypedDict):
    """A mail to one address."""

    type: Literal["email"]
    enabled: NotRequired[bool]
    """false: nothing is sent by it"""
    to: str
    """who gets it"""
    subject: str
    """with `%%NAME%%`"""
    body: NotRequired[str]
    """plain text with `%%NAME%%`; empty = the ordinary one"""


class EmailElement(TypedDict):
    """An email."""

    recipients: NotRequired[list[str] | None]
    """phone numbers (E.164) or email addresses"""
    recipientList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedRecipients: NotRequired[str | StoreChoice | None]
    """a stored `recipientList`"""
    contacts: NotRequired[list[str] | None]
    """ids of contacts of the call's group"""
    contactList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactList: NotRequired[str | StoreChoice | None]
    """a stored `contactList`"""
    contactSets: NotRequired[list[str] | None]
    """names of sets of the call's group; `all` always exists"""
    contactSetList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactSetList: NotRequired[str | StoreChoice | None]
    """a stored `contactSetList`"""
    tag: str
    """your own name for this element; it comes back in answers and events"""
    content: NotRequired[str | None]
    """the text; this or `storedContent`"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storedContent: NotRequired[str | StoreChoice | None]
    """a store of this type; this or `content`"""
    linkedAlertModifiers: NotRequired[LinkedAlertModifiers | None]
    timeWindows: NotRequired[list[str] | None]
    """the element is skipped unless one of them is open"""
    alertType: Literal["email"]
    to: NotRequired[str | None]
    """shown as receiver, without the domain"""
    sender: NotRequired[str | None]
    """shown as sender, without the domain"""
    replyTo: NotRequired[str | None]
    """answers go there, without the domain"""
    subject: NotRequired[str | None]
    """a reference is added to it"""
    emailBodyIsMultipart: NotRequired[bool]
    """`content` is a multipart body"""
    emailBodyContentType: NotRequired[str | None]
    """type of a body that is not multipart; default `text/plain; charset=us-ascii`"""
    multipartBoundary: NotRequired[str | None]
    """starts each part; required for multipart"""
    lookups: NotRequired[Lookups | None]


class EmailNotificationResource(TypedDict):
    """A mail to one address."""

    id: str
    """its id, for ever"""
    type: Literal["email"]
    enabled: bool
    to: str
    """who gets it"""
    subject: str
    body: str
    """empty = the ordinary text"""


class EmailStore(TypedDict):
    """The body of an email."""

    tag: str
    """your own name for this entry; it comes back in the answer"""
    content: str
    """what to keep"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storeDetails: NotRequired[StoreName | None]
    options: NotRequired[StoreOptions | None]
    contentType: Literal["email"]
    emailBodyIsMultipart: NotRequired[bool]
    emailBodyContentType: NotRequired[str | None]
    multipartBoundary: NotRequired[str | None]


class EndpointAnswer(TypedDict):
    """A callback endpoint, without its secret."""

    endpointId: str
    callbackUrl: str
    state: EndpointState
    created: str
    failingSince: NotRequired[str]
    disabled: NotRequired[str]
    disabledReason: NotRequired[DisabledReason]


EndpointState: TypeAlias = Literal["enabled", "failing", "disabled"]
"""States of a webhook endpoint: `callbacks.endpoints[].state` in `/getinfo`."""

ErrorCode: TypeAlias = Literal[
    "VALIDATE_FAILED",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "IDEMPOTENCY_IN_PROGRESS",
    "STALE_WRITE",
    "SUPERSEDED",
    "NOTHING_FAILED",
    "NOTHING_ENABLED",
    "NOT_POSSIBLE",
    "NOT_ELIGIBLE",
    "IN_USE",
    "LINE_NOT_YOURS",
    "TEXTS_ARE_OFF",
    "LAST_OWNER",
    "ALREADY_EXISTS",
    "STEP_UP_REQUIRED",
    "TENANT_REQUIRED",
    "EXCEEDS_YOURS",
    "CONFIRM_REQUIRED",
    "IMPORT_REFUSED",
    "SHARED_SIGN_IN",
    "IMMUTABLE",
    "WRONG_STATE",
    "LAST_CONTACT",
    "PRECONDITION_FAILED",
    "REQUEST_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "IDEMPOTENCY_KEY_REUSED",
    "TOO_MANY_REQUESTS",
    "MAIL_NOT_CONFIGURED",
    "MAIL_PORT_NOT_ALLOWED",
    "MAIL_SERVER_UNREACHABLE",
    "MAIL_SERVER_REFUSED",
    "MAIL_SERVER_TIMEOUT",
    "INTERNAL_ERROR",
    "RESTORING",
    "PROVIDER_UNAVAILABLE",
    "STORAGE_UNAVAILABLE",
]
"""Errors: `code` of a failed GET; where an error is no fault of a field, also `errors[].code`. API Gateway may
refuse a call with a code of its own (its response types, like `BAD_REQUEST_BODY`).
"""


class ErrorEntry(TypedDict):
    """One thing that is wrong, and how to correct it."""

    pointer: str
    """JSON pointer into the request; empty = the whole request"""
    code: FaultCode | ErrorCode
    """like REQUIRED or UNKNOWN_FIELD"""
    message: str


class EscalateBody(TypedDict):
    """Send the next step of the escalation now."""

    step: int
    """the step that you expect to be the next; 409 if it is another by now"""


class Escalation(TypedDict):
    """The steps that follow if too few people answer."""

    steps: list[Step]
    """in order"""
    stopWhen: NotRequired[Literal["any", "all"] | StopCondition | None]
    """`any` answer (default), `all` who were contacted, or an object like {"count": 2, "evidence": "wrote"} for so
    many different people
    """
    per: NotRequired[Literal["group", "contact"]]
    """`contact`: each contact's own answer ends it for that contact only"""
    onStopped: NotRequired[EscalationOnStopped | None]
    """sent once to everyone who was contacted, on that channel, when it ends by answers"""
    giveUpAfter: NotRequired[str | None]
    """from the last step to `exhausted`; default: the last step's `after`"""


class EscalationOnStopped(TypedDict):
    """EscalationOnStopped."""

    alert: list[dict[str, Any]]
    """elements like those of `alert`, without receivers"""


class EscalationResource(TypedDict):
    """The progress of an escalation."""

    first_alert_ref: str
    state: EscalationState
    step: int
    """the latest that was taken; 0 = the first alert"""
    steps: int
    next_due_at: str | None
    """the next step, or after the last one when it is given up; null = it is over"""
    answered: int
    """different people who have answered"""
    needed: int
    """how many must; with `all` it grows with the steps"""
    evidence: Evidence | None
    """weaker answers do not count; null: it began before answers had `evidence`, and all count"""
    step_alert_refs: list[str | None]
    """the alert of each step from 0 on; null for a step without receivers"""
    ended_at: str | None


EscalationState: TypeAlias = Literal["active", "acknowledged", "exhausted", "cancelled"]
"""States of an escalation: `escalation.state` of an alert."""

Event: TypeAlias = Literal[
    "held",
    "sent",
    "delivered",
    "bounced",
    "failed",
    "skipped",
    "attempt",
    "callReceived",
    "callComplete",
    "complaint",
    "reply",
    "autoReply",
    "unmatched",
    "shortlinkClick",
    "keyword",
    "escalated",
    "acknowledged",
    "exhausted",
    "cancelled",
    "test",
]
"""Events: `event` of what `/collectevents` returns and callbacks post."""

EventEntry = TypedDict(
    "EventEntry",
    {
        # of a reply: its sender, if not the receiver's address
        "from": "NotRequired[str]",
        # of an `autoReply`: a machine answered
        "automatic": "NotRequired[bool]",
        # false: nothing of a mail seems to be the person's, `reply` is all of it
        "trimmed": "NotRequired[bool]",
        # false: nothing proves who sent the mail
        "sender_believed": "NotRequired[bool]",
        # the same event always has the same id
        "eventId": "str",
        "clientRef": "str",
        "alertId": "str",
        # empty for a mail to a trigger mailbox that sent nothing
        "alertRef": "str",
        # the channel
        "type": "Literal['sms', 'email', 'call', 'inboundCall']",
        "tag": "str",
        "event": "Event",
        # the receiver's address; empty if it is about no single one
        "alertees": "list[str]",
        # when, UTC
        "whence": "str",
        "contactId": "NotRequired[str]",
        # why
        "reason": "NotRequired[Reason]",
        # the same in words; may change
        "reasonText": "NotRequired[str]",
        # the receiver may have got it twice
        "possibleDuplicate": "NotRequired[bool]",
        # when the wait that `reason` names ends, UTC
        "heldUntil": "NotRequired[str]",
        # of a call: what it came to
        "status": "NotRequired[Literal['keyPressed', 'fullPlay', 'connected', 'recipientOk', 'recipientNotOk', 'busy', 'noAnswer', 'failed']]",
        # of a call: its number, from 1; of the last one at the end
        "attempt": "NotRequired[int]",
        # of a `callComplete`: how many calls we placed
        "attempts": "NotRequired[int]",
        # from dialling to the answer, or to the end
        "ringSeconds": "NotRequired[float]",
        # from the answer to the end; 0 = not answered
        "durationSeconds": "NotRequired[float]",
        # all keys of the call in order, at most 30
        "digits": "NotRequired[str]",
        # how much of the message was heard; missing if a key may have cut it short
        "heard": "NotRequired[Literal['none', 'part', 'all']]",
        # an answering machine took the call, as the provider says
        "machine": "NotRequired[bool]",
        # the receiver had called back; it is no attempt of ours
        "callBack": "NotRequired[bool]",
        # what the receiver answered, without the quoted message
        "reply": "NotRequired[str]",
        # of `reply`
        "replyEncoding": "NotRequired[Literal['utf8', 'base64']]",
        # `reply` is a reaction to a text, as phones send it: `Liked “…”`
        "reaction": "NotRequired[bool]",
        # of an answer or visit: it counts; if not, see `reason`
        "counted": "NotRequired[bool]",
        # of an answer or visit
        "evidence": "NotRequired[Evidence]",
        # the receiver is not well or cannot come: it counts, but ends no escalation
        "notOk": "NotRequired[bool]",
        # `POSSIBLE_OPT_OUT`: `reply` holds a word by which people opt out
        "notice": "NotRequired[str]",
        # `reply` was longer than what is kept
        "truncated": "NotRequired[bool]",
        # a newer alert had gone to this receiver by then
        "late": "NotRequired[bool]",
        # of a `keyword`: the keyword; of a reply: a carrier keyword, stop, start or help
        "keyword": "NotRequired[str]",
        # of a `keyword`: who wrote it, or answered by the link
        "alerter": "NotRequired[str]",
        # of a `keyword`: the stored alert that it fired
        "storeId": "NotRequired[str]",
        # alerts that an unmatched reply may belong to
        "candidates": "NotRequired[list[str]]",
        # the mail server's own word on the sender: pass, fail … (RFC 8601)
        "spf": "NotRequired[str]",
        # its own word on the signature
        "dkim": "NotRequired[str]",
        # its own word on the domain
        "dmarc": "NotRequired[str]",
        # `shortlink.reference`, or the client reference
        "shortlinkReference": "NotRequired[str]",
        # who clicked
        "classification": "NotRequired[ClickClassification]",
        # the same as `classification`, until version 1.0
        "verdict": "NotRequired[ClickClassification]",
        "browser": "NotRequired[str]",
        # the operating system: iOS, Android, Windows …
        "os": "NotRequired[str]",
        # phone, tablet or computer
        "device": "NotRequired[str]",
        "language": "NotRequired[str]",
        # of an alert that a schedule sent: the schedule
        "scheduledAlertId": "NotRequired[str]",
        # the same as `scheduledAlertId`
        "scheduleId": "NotRequired[str]",
        # the latest step of the escalation; 0 = the first alert
        "step": "NotRequired[int]",
        # how many steps the escalation has
        "steps": "NotRequired[int]",
        # the alert that the step sent
        "stepAlertId": "NotRequired[str]",
        # different people who have answered the escalation
        "answered": "NotRequired[int]",
        # how many had to
        "needed": "NotRequired[int]",
        # the answer that ended it, or `marked`
        "answerType": "NotRequired[ResponseKind]",
        # what the client wrote who marked the receiver
        "note": "NotRequired[str]",
        # the alert of the escalation that was answered
        "answeredAlertId": "NotRequired[str]",
        # who asked for it, if a client did: `key:` and the id of its key
        "by": "NotRequired[str]",
        # of a `cancelled`: the all-clear goes to everybody who was contacted
        "allClear": "NotRequired[bool]",
        # of two events of one message, the higher one is the later
        "version": "NotRequired[int]",
    },
)
"""One event of a message, or an action of its receiver."""


class EventExplained(TypedDict):
    """All that an event did, as far as you may see its rules."""

    event: EventResource
    rules: list[RuleExplained]
    near_misses: list[NearMissResource]
    acts: list[MailActResource | NoticeActResource]
    """what else it did: it was mailed, or why it was not; and who was told"""
    people: NotRequired[list[PersonToldResource]]
    """with `user` only: what became of it for this person, an entry for each notice"""


class EventFault(TypedDict):
    """Why an event is refused."""

    code: FaultCode
    message: str
    detail: str
    """JSON Pointer within the event"""


class EventItem(TypedDict):
    """What became of one event.  `ignored`: a refreshed registration that no rule asks for. `late`: older than 72
    hours; kept, and told to no person.
    """

    id: str | None
    """the sender's; null = it cannot be read"""
    event_id: str | None
    """ours; null = the event is refused"""
    status: Literal["accepted", "duplicate", "ignored", "late", "refused"]
    warnings: NotRequired[list[EventWarning]]
    errors: NotRequired[list[EventFault]]
    moreErrors: NotRequired[bool]
    """some faults are not listed"""


class EventList(TypedDict):
    """Events by their receipt, newest first. A page may be short, or empty, with a `next_cursor`."""

    items: list[EventResource]
    next_cursor: str | None
    since: str
    """beginning of what was looked through"""
    until: str
    """its end"""
    kept_days: int
    """how long an event can be read"""


class EventResource(TypedDict):
    """A telephony event."""

    event_id: str
    """our id of it: in paths, queries, history and webhooks"""
    id: str
    """the sender's id of it"""
    source: str
    type: str
    time: str
    """when it happened"""
    received_at: str
    data: dict[str, Any]
    extensions: dict[str, str]
    """other attributes of the CloudEvent; never read"""
    owed: bool
    """not all that it brings about is done"""


class EventWarning(TypedDict):
    """What is odd about an event that is accepted."""

    pointer: str
    """JSON Pointer within the event"""
    code: WarningCode
    message: str


class EventsAnswer(TypedDict):
    """Collected events, oldest first."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    events: list[EventEntry]
    numEventsRemaining: NotRequired[int]


class EventsAnswerBody(TypedDict):
    """What became of the events of a call, in their order. The three numbers add up to all of them."""

    accepted: int
    """with those that are `late` or `ignored`"""
    duplicates: int
    refused: int
    items: list[EventItem]


Evidence: TypeAlias = Literal["opened", "confirmed", "pressed_in", "wrote", "pressed", "marked"]
"""How sure an answer is: `evidence` of a response, an event, a line of `explain`, and of `stopWhen`. From weak
to strong: `opened`, `confirmed`, `pressed_in`, then `wrote`, `pressed` and `marked`, which are equal.
"""


class ExampleRequestResource(TypedDict):
    """The request that a webhook makes, with a sample in the place of an event."""

    method: Literal["POST", "PUT", "GET"]
    url: str | None
    """null = the URL of a GET is too long to be sent"""
    headers: dict[str, str]
    """secrets read `•••`"""
    body: dict[str, Any] | None
    """null for a GET, whose query has the same values"""


class Except(TypedDict):
    """Contacts to exclude."""

    previouslySeen: NotRequired[str | None]
    """contacts who responded in one of these ways: a list of sms, email, call, shortlink, marked"""


class ExcludedEntry(TypedDict):
    """A receiver that was not accepted."""

    pointer: str
    """where the request names the receiver"""
    address: str
    """as written, at most 254 characters; empty for a contact without one"""
    contactId: NotRequired[str]
    alertType: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    reason: Reason
    """why"""
    reasonText: str
    """the same in words; may change"""


class ExplainedElement(TypedDict):
    """One element of the alert that names the receiver."""

    item: int
    """place of the element in the call's `alert` array"""
    channel: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    state: MessageState | Literal["excluded"]
    """state of the message"""
    reason: Reason | None
    """reason of the state"""
    reason_text: str | None
    """the same in words; may change"""


class ExplainedLine(TypedDict):
    """One event."""

    at: str
    """time of the event"""
    code: ExplanationCode
    reason: Reason | CauseKind | ResponseKind | None
    """why; of `accepted` the cause of the alert, of an answer that counts its type, of another why it does not; null
    if the code says all
    """
    reason_text: str | None
    """`reason` as a sentence; null if it is a cause or a type"""
    text: str
    """the same for a person; may change"""
    item: int | None
    """the element it is about; null = the alert as a whole"""
    attempt: int | None
    """which try of the message"""
    until: str | None
    """when it goes on, where it waits"""
    counted: bool | None
    """of an answer: it counts; else null"""
    evidence: Evidence | None
    """of an answer; else null"""


ExplanationCode: TypeAlias = Literal[
    "accepted",
    "excluded",
    "queued",
    "taken",
    "calling",
    "sent",
    "delivered",
    "held",
    "delayed",
    "unknown",
    "unconfirmed",
    "failed",
    "expired",
    "suppressed",
    "skipped",
    "cancelled",
    "answered",
    "answer_not_counted",
    "answer_unmatched",
    "alert_cancelled",
    "escalation_stopped",
    "alert_expired",
]
"""What happened: `chain[].code` of `explain`."""


class ExplanationResource(TypedDict):
    """What one receiver got or did not get, with reasons."""

    alert_ref: str
    recipient: str
    contact_id: str | None
    elements: list[ExplainedElement]
    chain: list[ExplainedLine]
    """oldest first"""


ExportAlertRuleFormat: TypeAlias = Literal["html", "mht", "svg", "json"]
"""of the file"""


class FailedAnswer(TypedDict):
    """Nothing was done."""

    success: bool
    """false"""
    returnCode: int
    """the HTTP status"""
    failureReason: str
    """what went wrong, in one line"""
    failureCode: FaultCode | ErrorCode
    """the same as a stable word"""
    errors: list[ErrorEntry]
    moreErrors: NotRequired[bool]
    """true: there are more than the 100 that are listed"""
    allowed: NotRequired[int]
    """of a 413: the limit, in what `failureReason` names"""
    counted: NotRequired[int]
    """of a 413: how many there are, if all were counted"""
    requestId: NotRequired[str]
    """quote it when you ask for help"""
    clientRef: NotRequired[str]


FaultCode: TypeAlias = Literal[
    "EMPTY_BODY",
    "NOT_JSON",
    "BAD_ENCODING",
    "BAD_CHARACTER",
    "DUPLICATE_FIELD",
    "TOO_DEEP",
    "NUMBER_TOO_LARGE",
    "BAD_IDEMPOTENCY_KEY",
    "REQUIRED",
    "UNKNOWN_FIELD",
    "WRONG_TYPE",
    "WRONG_FORM",
    "NOT_ALLOWED",
    "OUT_OF_RANGE",
    "TOO_LONG",
    "TIME_IN_FUTURE",
    "TOO_SHORT",
    "TOO_MANY",
    "TOO_FEW",
    "EMPTY",
    "DUPLICATE",
    "CONFLICT",
    "READ_ONLY",
    "BAD_NUMBER",
    "OWN_NUMBER",
    "UNKNOWN_INTEGRATION",
    "NO_SUCH_THING",
    "COMPANY_REQUIRED",
    "UNKNOWN_COMPANY",
    "RESERVED",
    "BAD_BASE64",
    "INVALID",
    "INVALID_CURSOR",
    "NO_RECEIVERS",
    "CONTACT_GROUP_REQUIRED",
    "UNKNOWN_CONTACT",
    "UNKNOWN_ZONE",
    "UNKNOWN_COUNTRY",
    "UNKNOWN_NUMBER",
    "NO_SUCH_STORE",
    "NO_SUCH_LINK",
    "INVALID_HOST",
    "TLS_REQUIRED",
    "NEVER",
    "INVERTED",
    "OUTLIVES_ALERT",
    "NOT_AUDIO",
    "AUDIO_UNSUPPORTED",
    "BAD_SSML",
    "SHORTLINK_MISSING",
    "UNIQUE_LOOKUPS_MISSING",
    "UNKNOWN_TIME_ZONE",
    "CONTROL_CHARACTER",
    "ENCODED_WORD",
    "ADDRESS_MALFORMED",
    "ADDRESS_IN_NAME",
    "CONTENT_TYPE_NOT_ALLOWED",
    "CONTENT_TYPE_MALFORMED",
    "BOUNDARY_MALFORMED",
    "BOUNDARY_NOT_FOUND",
    "LINE_TOO_LONG",
    "NOT_PUBLIC",
    "EMAIL_EMPTY",
    "EMAIL_NOT_ONE_ADDRESS",
    "EMAIL_TOO_LONG",
    "EMAIL_LOCAL_PART",
    "EMAIL_DOMAIN",
    "UNSENDABLE",
    "NOT_SENDABLE",
    "NOT_STORABLE",
    "NO_NUMBER",
    "KEYWORD_IN_USE",
    "NOTHING_ACCEPTED",
    "NOTHING_DONE",
]
"""Faults: `errors[].code`: what is wrong with a request, one entry for each fault, with a JSON pointer and a
sentence.
"""


class FilterResource(TypedDict):
    """A filter of a trigger, or another reason: the event's type, the data scope of the rule, a stopped trigger."""

    name: str
    wanted: list[str]
    got: list[str]
    matched: bool
    sentence: str


class FollowedLinesBody(TypedDict):
    """The lines that a person follows beside their own."""

    lines: list[str]
    """ids of lines that the person follows beside their own; no id twice"""


class FollowedLinesResource(TypedDict):
    """The lines that a person follows beside their own."""

    lines: list[str]


class GateResource(TypedDict):
    """What was looked at after a trigger matched, in order; the first that is not passed ends it."""

    name: str
    """disabled, created_later, too_old, loop, held, throttled or collected"""
    passed: bool
    sentence: str


GetIncidentShow: TypeAlias = Literal["all", "answered", "no_answer", "not_reached"]
"""which people; default `all`: who has answered, who was not reached, then the rest. `no_answer` is all who have
not answered
"""


class GetInfoAnswer(TypedDict):
    """The requested sections, or the changed settings."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    info: InfoAnswer
    callback: NotRequired[CallbackChangedAnswer]


class GetInfoBody(TypedDict):
    """Ask about your own key."""

    clientRef: NotRequired[str | None]
    getCapacityInfo: NotRequired[bool]
    """what is left per channel"""
    getStoredContentInfo: NotRequired[bool]
    """your stores"""
    getScheduledAlertInfo: NotRequired[bool]
    """your scheduled alerts"""
    getKeywordInfo: NotRequired[bool]
    """keywords that fire stored alerts, and where to write them"""
    getSendingLimitInfo: NotRequired[bool]
    """where you may send to, how much, and what is paused"""
    getLimitInfo: NotRequired[bool]
    """how large one call may be"""
    getStats: NotRequired[bool]
    """how much waits for you"""
    getMessages: NotRequired[bool]
    """account notices: failed callbacks, exceeded limits …"""
    getCallbackInfo: NotRequired[bool]
    """your callback endpoints and their health"""
    callbackOptions: NotRequired[CallbackOptions | None]
    """with `getCallbackInfo`: deliveries to one endpoint, newest first"""
    messageOptions: NotRequired[MessageOptions | None]
    """with `getMessages`"""


class GetLineAnswer(TypedDict):
    """One of `LineResource`, `BriefLineResource`."""

    id: str
    """its id, for ever"""
    extension: str
    aliases: NotRequired[list[str]]
    label: str
    user: NotRequired[str | None]
    """whose personal line it is; null = shared"""
    company: NotRequired[str | None]
    fisher_mode: NotRequired[bool]
    discovered: NotRequired[bool]
    """an event made it"""
    external_id: NotRequired[str | None]
    """its id in the system that pushes the directory"""
    version: NotRequired[int]
    """grows with each change; `ETag` holds it"""


GetRuleNotificationAnswer = TypedDict(
    "GetRuleNotificationAnswer",
    {
        # its id, for ever
        "id": "str",
        "type": "Literal['webhook', 'email', 'sms']",
        "enabled": "bool",
        # callers who may not edit the rule read `•••` for each value of its query
        "url": "NotRequired[str]",
        "method": "NotRequired[Literal['POST', 'PUT', 'GET']]",
        # secrets read `•••`; written back, that keeps them
        "headers": "NotRequired[list[BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody]]",
        # what has no value; the webhook is off until it is written
        "secret_missing": "NotRequired[list[str]]",
        # headers whose value went because scheme, host or port changed; the webhook is off
        "cleared": "NotRequired[list[str]]",
        # who gets it
        "to": "NotRequired[str | list[str]]",
        "subject": "NotRequired[str]",
        # empty = the ordinary text
        "body": "NotRequired[str]",
        # a number of the account
        "from": "NotRequired[str]",
        # empty = the ordinary text
        "text": "NotRequired[str]",
        # in answers about notifications
        "estimate": "NotRequired[TextEstimateResource]",
    },
)
"""One of `WebhookNotificationResource`, `EmailNotificationResource`, `SmsNotificationResource`."""


class GiveBody(TypedDict):
    """Another owner of a rule."""

    owner: str
    """a person of the account"""
    confirm: NotRequired[str | None]
    """`confirm` of the 409 that listed the triggers that stop"""


GrantError: TypeAlias = Literal[
    "invalid_request", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "mfa_required"
]
"""The values are words of the protocol, but for `mfa_required`, which many servers use."""


class GrantRefusal(TypedDict):
    """Why there is no token: RFC 6749, 5.2."""

    error: GrantError
    error_description: str


class GroupBody(TypedDict):
    """A hunt group or a queue."""

    kind: Literal["hunt_group", "queue"]
    """what it is; the name is unique for each"""
    name: str
    number: NotRequired[str]
    """by which it is called"""
    aliases: NotRequired[list[str]]
    """other names of it in events"""
    members: NotRequired[list[str]]
    """ids of users"""
    managers: NotRequired[list[str]]
    """who manage the queue"""
    company: NotRequired[str | None]
    """the company that it belongs to; null = none"""


class GroupList(TypedDict):
    """A page of groups."""

    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""
    items: list[GroupResource]


class GroupResource(TypedDict):
    """A hunt group or a queue."""

    id: str
    """its id, for ever"""
    kind: Literal["hunt_group", "queue"]
    name: str
    number: str
    aliases: list[str]
    members: list[str]
    managers: list[str]
    company: str | None
    external_id: str | None
    """its id in the system that pushes the directory"""
    version: int
    """grows with each change; `ETag` holds it"""


class Health(TypedDict):
    """It is up."""

    status: str


class HistoryList(TypedDict):
    """Records, newest event first. A page may be short, or empty, with a `next_cursor`."""

    items: list[HistoryRecord]
    next_cursor: str | None


class HistoryRecord(TypedDict):
    """A message, a webhook, or a line that is held."""

    id: str
    """its id, for ever"""
    alert_rule: str
    rule_version: int
    notification_id: str | None
    """null for a line that is held"""
    trigger_ids: list[str]
    entities: list[str]
    """descriptions of the triggers, as they were"""
    channel: Literal["EMAIL", "SMS", "WEBHOOK"] | None
    recipient: str | None
    """of a webhook: scheme, host and path"""
    status: Literal["PENDING", "SUCCESS", "FAILED"]
    reason: ReasonResource | None
    """null unless the status is FAILED"""
    action: ActionResource | None
    event_id: str
    attempts: int
    created_at: str
    updated_at: str
    held_until: str | None
    """when it is told or tried next, if it waits"""
    test: bool


HoldBody = TypedDict(
    "HoldBody",
    {
        "for": "str",
    },
)
"""A line is told if it is offline still."""


class HourCount(TypedDict):
    """An hour of the day of the account's clock."""

    hour: int
    count: int


class ImportBody(TypedDict):
    """A CSV file, and what to do with it."""

    kind: Literal["companies", "users", "lines", "phone_numbers", "groups", "joined"]
    """what its lines are; joined: a person with their line and number"""
    mode: NotRequired[Literal["plan", "apply"]]
    """plan: nothing is changed"""
    csv: str
    """the file; the first line names the columns; lists are split at ;"""
    mapping: NotRequired[dict[str, str]]
    """field by column name, where they differ; "" ignores the column"""
    disable_missing: NotRequired[bool]
    """of users: disable who is missing; wants `confirm`"""
    invite: NotRequired[bool]
    """mail the people of the file who never got an invitation"""
    plan_id: NotRequired[str | None]
    """`id` of a plan: apply exactly that"""
    confirm: NotRequired[str | None]
    """`confirm` of the answer that listed what is lost"""


class ImportChange(TypedDict):
    """One field that changes."""

    id: str
    """its id, for ever"""
    kind: NotRequired[Literal["companies", "users", "lines", "phone_numbers", "groups"]]
    """of a joined file"""
    field: str
    before: Any
    after: Any


class ImportCounts(TypedDict):
    """How many lines and things; the lists hold the first 200."""

    adds: int
    changes: int
    """of fields"""
    missing: int
    disables: int
    stops: int
    invites: int
    unchanged: int
    faults: int


class ImportLineFault(TypedDict):
    """What is wrong with a cell."""

    line: int
    """as a spreadsheet counts rows: 1 is the header, 0 the whole file"""
    column: str
    code: FaultCode | ErrorCode
    message: str


class ImportResource(TypedDict):
    """A plan of an import, or what was imported."""

    id: str
    """`plan_id` of a call that applies exactly this"""
    kind: Literal["companies", "users", "lines", "phone_numbers", "groups", "joined"]
    mode: Literal["plan", "apply"]
    state: Literal["planned", "applied", "partial"]
    """partial (202): the call's time is over; the same call with this answer's `id` goes on"""
    counts: ImportCounts
    remaining: int
    """things that are not written yet, if it is partial"""
    confirm: str | None
    """says that the lists `disables` and `stops` were seen"""
    adds: list[dict[str, Any]]
    """new things, without ids; of a joined file with `kind`"""
    changes: list[ImportChange]
    missing: list[str]
    """ids of things that the file does not have"""
    disables: list[str]
    """ids of people who are disabled"""
    stops: list[str]
    """triggers of alert rules that stop, as `<rule>/<trigger>`"""
    invites: list[str]
    """addresses of people who are invited"""
    faults: list[ImportLineFault]
    encoding: str


class InboundCallElement(TypedDict):
    """A message for people who call a number, as long as the alert lives.  Without any receiver field, every caller
    hears it, and the answer warns `OPEN_TO_ANYBODY`.
    """

    recipients: NotRequired[list[str] | None]
    """phone numbers (E.164) or email addresses"""
    recipientList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedRecipients: NotRequired[str | StoreChoice | None]
    """a stored `recipientList`"""
    contacts: NotRequired[list[str] | None]
    """ids of contacts of the call's group"""
    contactList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactList: NotRequired[str | StoreChoice | None]
    """a stored `contactList`"""
    contactSets: NotRequired[list[str] | None]
    """names of sets of the call's group; `all` always exists"""
    contactSetList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactSetList: NotRequired[str | StoreChoice | None]
    """a stored `contactSetList`"""
    tag: str
    """your own name for this element; it comes back in answers and events"""
    content: NotRequired[str | None]
    """the text; this or `storedContent`"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storedContent: NotRequired[str | StoreChoice | None]
    """a store of this type; this or `content`"""
    linkedAlertModifiers: NotRequired[LinkedAlertModifiers | None]
    timeWindows: NotRequired[list[str] | None]
    """the element is skipped unless one of them is open"""
    voiceFormat: NotRequired[Literal["mp3", "wav", "aiff", "tts"] | None]
    """required with `content`"""
    tts: NotRequired[TextToSpeech | None]
    """only with `voiceFormat` `tts`"""
    alertType: Literal["inboundCall"]
    telephoneNumber: str
    """the number that is called; one of yours"""
    lookups: NotRequired[Lookups | None]
    """only for texts that are read out, and only with receivers"""


class InboxEntry(TypedDict):
    """A notification in your inbox."""

    id: str
    """sorts by time"""
    kind: str
    """what it is about, for example `call`"""
    title: str
    text: str
    """some lines"""
    at: str
    """when it happened"""
    read: bool
    url: NotRequired[str]
    """where it leads"""
    event_id: NotRequired[str]
    """the telephony event that it is about"""


class InboxList(TypedDict):
    """Notifications, newest first. A page of unread ones may be short with a `next_cursor`."""

    items: list[InboxEntry]
    next_cursor: str | None
    unread: int
    """of the whole inbox; 100 = so many or more"""


class IncidentResource(TypedDict):
    """An alert with all steps of its escalation."""

    alert_ref: str
    """the first alert, also if a step was asked for"""
    title: str
    sent_by: SentByResource
    company: str | None
    """the sub-unit that it belongs to; null: the whole account"""
    client_ref: str
    sandbox: bool
    accepted_at: str
    state: IncidentState
    counts: dict[str, int]
    """messages per state, of all steps"""
    excluded_count: int
    """receivers that were asked for and not accepted, of all steps"""
    escalation: EscalationResource | None
    """null for an alert that is part of none"""
    steps: list[IncidentStepResource]
    """empty without an escalation"""
    gives_up_at: str | None
    """when the escalation ends without enough answers; null = it is over"""
    people: PeopleResource
    timeline: list[TimelineEntryResource]
    """newest first; with what became of messages if one page has all people"""
    contents: list[SentContentResource]
    """what was sent"""


IncidentState: TypeAlias = Literal[
    "sending",
    "waiting_for_answers",
    "answered",
    "unanswered",
    "stopped",
    "delivered",
    "some_failed",
    "failed",
    "unconfirmed",
]
"""States of an incident: `state` of `/alerts/{alert_ref}/incident`: an alert with all steps of its escalation."""


class IncidentStepResource(TypedDict):
    """One step."""

    step: int
    """0 = the first alert"""
    state: Literal["taken", "next", "later", "not_taken"]
    """`next` is taken at `at` unless enough people answer; `not_taken`: it ended before"""
    at: str | None
    """when it was or will be taken; of `later` ones if each is on time; null: not, or not known"""
    alert_ref: str | None
    """null before it is taken, and of a step that sent nothing"""
    channels: list[str]
    """of its elements"""
    tags: list[str]
    recipient_count: int | None
    """null before it is taken"""


class InfoAnswer(TypedDict):
    """About your key; sections that were not requested are omitted."""

    apiKeyFriendlyName: str
    sandboxed: bool
    defaultNotification: Literal["poll", "callback", "bus", "none"]
    defaultNotificationFormat: Literal["json", "form"]
    defaultCallbackUrl: str | None
    transliterate: bool
    ownerEmail: str | None
    """owner address for mails about the key; null = none"""
    clickCounts: bool
    """default of `options.clickCounts`"""
    timeZone: NotRequired[str]
    """of your account; times of day are meant there"""
    quietHours: NotRequired[QuietHoursAnswer | None]
    """of your account; null = there are none"""
    capacities: NotRequired[CapacitiesAnswer]
    stored: NotRequired[list[StoredAnswer]]
    scheduled: NotRequired[list[ScheduleInfo]]
    """oldest first; the newest thousand, finished ones last"""
    moreScheduled: NotRequired[bool]
    """there are older ones than those in `scheduled`"""
    keywords: NotRequired[list[KeywordAnswer]]
    keywordPlaces: NotRequired[KeywordPlaces]
    sendingLimits: NotRequired[SendingLimitsAnswer]
    limits: NotRequired[LimitsAnswer]
    stats: NotRequired[StatsAnswer]
    callbacks: NotRequired[CallbacksAnswer]
    messages: NotRequired[list[MessageAnswer]]


class IntegrationIncidentResource(TypedDict):
    """An incident: failed and pending are one, with one clock."""

    id: str
    """sorts by its beginning"""
    since: str
    """when it failed, or became pending; days are counted from then"""
    told: list[StageToldResource]
    next: NextStageResource | None
    """null after the last reminder"""


class IntegrationList(TypedDict):
    """The integrations that the caller may see, by id."""

    items: list[IntegrationResource]
    next_cursor: str | None


class IntegrationResource(TypedDict):
    """An integration."""

    id: str
    """its id, for ever"""
    name: str
    kind: str
    company: str | None
    """null = the whole account"""
    status: Literal["active", "disabled", "pending", "failed"]
    since: str
    """when this status began, as it was reported"""
    reason: str | None
    reported_at: str | None
    """time of the newest report; null = there was none"""
    created_at: str
    incident: IntegrationIncidentResource | None
    """that goes on; null = there is none"""
    version: int
    """grows with each change; `ETag` holds it"""


class ItemResource(TypedDict):
    """One element of an alert."""

    channel: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    requested_count: int
    accepted_count: int
    failure_reason: str | None
    """why fewer were accepted, in words"""
    failure_code: Reason | None
    """the same as a stable word"""


class KeyList(TypedDict):
    """All keys, by id."""

    items: list[KeyResource]
    next_cursor: None


class KeyResource(TypedDict):
    """An API key."""

    id: str
    """its id, for ever"""
    name: str
    kind: Literal["live", "sandbox"]
    enabled: bool
    rights: list[Literal["canSetLifetime", "canReadAlerts", "canReadStores", "canUseBus", "canSendEvents"]]
    role: str | None
    company: str | None
    networks: list[str]
    owner_email: str | None
    capacity: CapacityResource
    token: NotRequired[str]
    """the token, in answers that make one only"""


class KeysBody(TypedDict):
    """Keys of the browser, in base64url."""

    p256dh: str
    """its public key"""
    auth: str
    """its secret"""


class KeywordAnswer(TypedDict):
    """One keyword of a trigger."""

    type: Literal["sms", "email", "shortlink"]
    keyword: str
    tag: str
    storeId: str
    """the stored alert that it fires"""
    where: list[str]
    """where to write it to"""
    minimumRepeatIntervalSeconds: int
    maximumRepeats: int
    """0 = without end"""
    firedCount: int
    """times the trigger has run, by any of its keywords"""
    lastFiredAt: NotRequired[str]
    expires: str
    """end of the trigger, unless it is activated again"""


class KeywordPlaces(TypedDict):
    """The numbers and the mailbox that receive keywords."""

    sms: list[str]
    email: list[str]


class LimitsAnswer(TypedDict):
    """How large one call may be. Receivers are counted after expansion, each address once."""

    recipients: int
    """receivers of one call; of an escalation, of each step"""
    personalRecipients: int
    """the same if an element has unique lookups or a short link; your operator may raise it"""
    textCharacters: int
    """characters of one text message, lookups replaced"""
    mailBytes: int
    """bytes of subject and body of one email, lookups replaced; your operator may raise it"""
    callBytes: int
    """bytes of all emails of a call: a personal one counts for each receiver, any other once"""
    bodyBytes: int
    """bytes of the body of one request"""
    receiversInAllSteps: int
    """receivers of an alert and all steps of its escalation"""


class LineBody(TypedDict):
    """An extension of the telephone system."""

    extension: str
    """unique in the account, as are all aliases of lines"""
    aliases: NotRequired[list[str]]
    """other names of it in events"""
    label: NotRequired[str]
    user: NotRequired[str | None]
    """whose personal line it is; null = shared"""
    company: NotRequired[str | None]
    """the company that it belongs to; null = none"""
    fisher_mode: NotRequired[bool]
    """the line takes only one call at a time"""


class LineCount(TypedDict):
    """A line."""

    line: str
    count: int


class LineList(TypedDict):
    """A page of lines."""

    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""
    items: list[LineResource | BriefLineResource]


class LineResource(TypedDict):
    """An extension of the telephone system."""

    id: str
    """its id, for ever"""
    extension: str
    aliases: list[str]
    label: str
    user: str | None
    """whose personal line it is; null = shared"""
    company: str | None
    fisher_mode: bool
    discovered: bool
    """an event made it"""
    external_id: str | None
    """its id in the system that pushes the directory"""
    version: int
    """grows with each change; `ETag` holds it"""


LinkedAlertModifiers = TypedDict(
    "LinkedAlertModifiers",
    {
        "except": "NotRequired[Except | None]",
    },
)
"""How an element of a linked alert differs from the earlier ones."""


class LinkedAlerts(TypedDict):
    """Makes this alert a member of a linked set. A contact who responded to one alert can be excluded from the next."""

    linkRef: str
    """names the set; its first alert brings the contactGroup, and the others use that one"""
    lifetime: NotRequired[str | None]
    """lifetime of the set, default 30d; only that of its first alert counts"""
    linkOnlyIfRefAlreadyExists: NotRequired[bool]
    """fail rather than begin a new set"""
    cancelCancellation: NotRequired[bool]
    """lift an earlier cancellation of the set"""


ListAlertRulesEnabled: TypeAlias = Literal["true", "false"]
"""only enabled rules, or only disabled ones"""

ListAlertRulesList: TypeAlias = Literal["owned", "all", "deleted"]
"""`owned` (your own; the default), `all` (also those of others; needs `alerts.all.view`), `deleted` (90 days)"""

ListAlertRulesType: TypeAlias = Literal["call", "sip", "sms"]
"""only rules of this type"""

ListAlertsState: TypeAlias = Literal["accepted", "dispatching", "completed", "expired", "cancelled"]
"""only alerts in this state"""

ListAppointmentsState: TypeAlias = Literal["planned", "cancelled"]
"""one state only"""

ListNotificationsUnread: TypeAlias = Literal["true", "false"]
"""`true`: only unread ones"""

ListRecipientsChannel: TypeAlias = Literal["sms", "email", "call", "inboundCall"]
"""only this channel"""

ListRecipientsState: TypeAlias = Literal[
    "queued",
    "sending",
    "calling",
    "sent",
    "delivered",
    "held",
    "retry_wait",
    "unknown",
    "unconfirmed",
    "failed",
    "expired",
    "suppressed",
    "skipped",
    "cancelled",
    "excluded",
]
"""only messages in this state; `excluded`: only receivers that were not accepted"""


class Lookups(TypedDict):
    """Replacement of `{keywords}` in the content."""

    performLookups: NotRequired[bool]
    """the main switch"""
    uniqueLookups: NotRequired[bool]
    """values that differ between recipients are used; at most 500 recipients a call, unless your operator allows
    your key more
    """
    shortlink: NotRequired[Shortlink | None]


class MailActResource(TypedDict):
    """The mail about an event."""

    kind: Literal["mail"]
    template: str
    custom: bool
    """by a template of your own"""
    outcome: (
        Literal[
            "sent",
            "already_sent",
            "switched_off",
            "too_old",
            "no_address",
            "no_recipients",
            "no_mail_server",
            "too_long",
        ]
        | None
    )
    """null: the event came just now. `already_sent`: with another event of the same voicemail"""
    messages: list[MailedResource] | None
    """null: you do not manage tenant mail"""


class MailList(TypedDict):
    """Mails, newest event first. A page may be short, or empty, with a `next_cursor`."""

    items: list[MailListed]
    next_cursor: str | None


class MailListed(TypedDict):
    """A mail to one receiver, and the event that it is about."""

    recipient: str | None
    """null: nothing was sent, or the messages are gone"""
    state: Literal[
        "queued",
        "sending",
        "calling",
        "sent",
        "delivered",
        "held",
        "retry_wait",
        "unknown",
        "unconfirmed",
        "failed",
        "expired",
        "suppressed",
        "skipped",
        "cancelled",
        "excluded",
        "not_sent",
        "forgotten",
    ]
    reason: str | None
    """a stable word; without a recipient the outcome of the act"""
    said: str | None
    """words of the mail server that did not take it, without the address"""
    attempts: int
    next_try_at: str | None
    """if it waits"""
    transport: Literal["own", "system"] | None
    """which mail server took it; null: none so far"""
    event_id: str
    at: str
    """when the event was received"""
    template: str
    custom: bool
    """by a template of your own"""


class MailServerStateResource(TypedDict):
    """What is known of the account's mail server."""

    state: Literal["unknown", "ok", "failing", "disconnected"]
    since: str | None
    reason: str | None
    """of the last mail that did not go"""
    said: str | None
    """the server's own words, without secrets"""


class MailSettingsBody(TypedDict):
    """Mail settings. What is omitted stays; null sets the default."""

    type: Literal["SMTP", "MS365", "GMAIL"]
    """MS365 and GMAIL need a mailbox that consented"""
    username: str
    """with MS365 and GMAIL the mailbox"""
    server: NotRequired[str | None]
    """name of the mail server; empty or null takes it away"""
    port: NotRequired[int | None]
    """null: 465 with TLS, else 587; mails go by 465, 587, 2525"""
    password: NotRequired[str | None]
    """never read; omitted or empty: stays; null: forgotten"""
    auth: NotRequired[Literal["DISABLE", "AUTO", "LOGIN", "PLAIN"] | None]
    """AUTO (default): PLAIN, else LOGIN"""
    enable_tls_ssl: NotRequired[bool | None]
    """TLS from the first byte; default true"""
    enable_starttls_auto: NotRequired[bool | None]
    """STARTTLS; default false"""
    reply_to: NotRequired[str | None]
    """where answers go"""
    from_address: NotRequired[str | None]
    """needed if `username` is no email address"""
    recipients: NotRequired[str | None]
    """at most 15 addresses with commas between them"""
    notify_user_registration: NotRequired[bool | None]
    notify_queue_sla_breached: NotRequired[bool | None]
    notify_queue_callback: NotRequired[bool | None]
    notify_queue_callback_failed: NotRequired[bool | None]
    notify_queue_call_lost: NotRequired[bool | None]
    notify_emergency_call: NotRequired[bool | None]
    """null: yes"""
    notify_license_limited: NotRequired[bool | None]
    """null: yes"""
    notify_trunk_call_limited: NotRequired[bool | None]
    """kept, and does nothing"""
    on_unknown: NotRequired[Literal["resend", "silence"] | None]
    """after a lost answer: one more copy (default), or none"""
    transport: NotRequired[Literal["api", "smtp"] | None]
    """of MS365 and GMAIL; default api"""
    mails_per_minute: NotRequired[int | None]
    """more wait; null: no limit, with MS365 30, as Exchange takes"""
    client_id: NotRequired[str | None]
    """of the account's own app at Microsoft or Google"""
    client_secret: NotRequired[str | None]
    """as `password`"""


class MailSettingsResource(TypedDict):
    """Mail settings, without secrets."""

    type: Literal["SMTP", "MS365", "GMAIL"] | None
    """null: never saved"""
    server: str
    port: int | None
    username: str
    auth: Literal["DISABLE", "AUTO", "LOGIN", "PLAIN"]
    enable_tls_ssl: bool
    enable_starttls_auto: bool
    reply_to: str | None
    from_address: str | None
    recipients: str
    notify_user_registration: bool
    notify_queue_sla_breached: bool
    notify_queue_callback: bool
    notify_queue_callback_failed: bool
    notify_queue_call_lost: bool
    notify_emergency_call: bool | None
    notify_license_limited: bool | None
    notify_trunk_call_limited: bool | None
    on_unknown: Literal["resend", "silence"]
    transport: Literal["api", "smtp"]
    mails_per_minute: int | None
    client_id: str
    enable_system_email_server: bool
    """without an own server, mails go by the system's"""
    own_server: bool
    """mails go by the account's own server"""
    password_set: bool
    connected: bool
    """a mailbox consented"""
    server_state: MailServerStateResource
    client_secret_set: bool
    version: int
    """grows with each save; `ETag` holds it; 0: never saved"""


class MailedResource(TypedDict):
    """A mail to one receiver."""

    recipient: str | None
    """null: nothing was sent, or the messages are gone"""
    state: Literal[
        "queued",
        "sending",
        "calling",
        "sent",
        "delivered",
        "held",
        "retry_wait",
        "unknown",
        "unconfirmed",
        "failed",
        "expired",
        "suppressed",
        "skipped",
        "cancelled",
        "excluded",
        "not_sent",
        "forgotten",
    ]
    reason: str | None
    """a stable word; without a recipient the outcome of the act"""
    said: str | None
    """words of the mail server that did not take it, without the address"""
    attempts: int
    next_try_at: str | None
    """if it waits"""
    transport: Literal["own", "system"] | None
    """which mail server took it; null: none so far"""


class MarkBody(TypedDict):
    """Whether a notification counts as read."""

    read: bool


class MarkedInbox(TypedDict):
    """What became of marking all."""

    marked: int
    """how many were unread; 1,000 = there may be more: repeat"""


class MergePatch(TypedDict):
    """A JSON merge patch (RFC 7396): fields of the object, null takes one away. What comes of it is judged."""

    name: NotRequired[str | None]
    """and any other field that can be set"""


class MessageAnswer(TypedDict):
    """One account notice."""

    messageId: str
    whence: str
    """when it happened, UTC"""
    severity: Literal["error", "warning", "notice", "info"]
    category: Literal["api", "general", "callback"]
    code: NoticeCode
    message: str
    alertId: NotRequired[str]


class MessageOptions(TypedDict):
    """Which messages to return."""

    earliestFirst: NotRequired[bool]
    """oldest first instead of newest first"""
    unreportedOnly: NotRequired[bool]
    """only those no earlier call has marked"""
    markReported: NotRequired[bool]
    """mark what is returned; with `unreportedOnly` each message is returned once"""
    maximumMessages: NotRequired[int]
    severity: NotRequired[Literal["error", "warning", "notice", "info"] | None]
    category: NotRequired[Literal["api", "general", "callback"] | None]


MessageState: TypeAlias = Literal[
    "queued",
    "sending",
    "calling",
    "sent",
    "delivered",
    "held",
    "retry_wait",
    "unknown",
    "unconfirmed",
    "failed",
    "expired",
    "suppressed",
    "skipped",
    "cancelled",
]
"""States of a message: `state` of a receiver in `/alerts/{alert_ref}/recipients` and `explain`; `counts` of an
alert.
"""


class MissingResource(TypedDict):
    """Why people are no candidates."""

    reason: Literal["role", "disabled", "administrator", "no_shared_company"]
    people: int


MomentsBody = TypedDict(
    "MomentsBody",
    {
        # when it is made
        "created": "NotRequired[bool]",
        # one day before
        "1d": "NotRequired[bool]",
        # one hour before
        "1h": "NotRequired[bool]",
        # 15 minutes before
        "15m": "NotRequired[bool]",
        # one minute before
        "1m": "NotRequired[bool]",
    },
)
"""When a person is told of their appointments."""

MomentsResource = TypedDict(
    "MomentsResource",
    {
        "created": "bool",
        # one day before
        "1d": "bool",
        # one hour before
        "1h": "bool",
        # 15 minutes before
        "15m": "bool",
        # one minute before
        "1m": "bool",
    },
)
"""When a person is told of their appointments."""


class NearMissResource(TypedDict):
    """An enabled rule that does not match by one filter."""

    alert_rule: str
    name: str
    trigger: TriggerNamed
    filter: FilterResource


class NearMisses(TypedDict):
    """Events that one filter alone kept away."""

    filter: str
    """the filter, or `abandoned`: abandoned calls beside missed ones"""
    more: int
    sentence: str


class NewIntegrationBody(TypedDict):
    """An integration."""

    name: str
    kind: str
    """which system, for example `crm`"""
    company: NotRequired[str | None]
    """id of the company that it is of, for ever; null = the whole account"""


class NewKeyBody(TypedDict):
    """A new key."""

    name: str
    rights: NotRequired[list[Literal["canSetLifetime", "canReadAlerts", "canReadStores", "canUseBus", "canSendEvents"]]]
    """beyond sending and storing"""
    role: NotRequired[str | None]
    """what it may do with people and settings; null = it sends and reads only"""
    company: NotRequired[str | None]
    """the company it belongs to; null = the whole account"""
    networks: NotRequired[list[str]]
    """addresses or networks it may be used from; empty = any"""
    owner_email: NotRequired[str | None]
    """gets mails about failed callbacks and limits"""
    kind: Literal["live", "sandbox"]
    """sandbox: its alerts reach no person"""
    capacity: NotRequired[CapacityBody]
    """limits for each channel"""


class NewSourceResource(TypedDict):
    """An event source with a secret that was just given."""

    id: str
    """its id, for ever"""
    name: str
    kind: Literal[
        "native", "freeswitch", "asterisk", "yeastar", "twilio", "telnyx", "3cx", "fspbx", "connect", "generic"
    ]
    region: str | None
    zone: str
    internal: list[str]
    settle_seconds: int
    refreshes: Literal["auto", "keep", "drop"]
    mapping: dict[str, Any] | None
    signature: Literal["twilio", "telnyx", "fspbx", "didww"] | None
    signing_keys: list[str]
    """••• for each"""
    enabled: bool
    expect_every: str
    """a span, auto or off: when the source counts as silent"""
    url: str
    """where the telephone system sends its events"""
    secrets: int
    """how many secrets are live: two while one replaces the other"""
    version: int
    """grows with each change; `ETag` holds it"""
    secret: str
    """shown in this answer only, and in that to a repeat of the call"""
    setup: SetUpResource


NewTemplateBody = TypedDict(
    "NewTemplateBody",
    {
        # display name of the sender
        "from": "NotRequired[str | None]",
        "subject": "NotRequired[str | None]",
        # text, or HTML; HTML if it holds a tag of HTML
        "body": "NotRequired[str | None]",
        "name": "Literal['USER_CREATION', 'QUEUE_CALL_LOST', 'QUEUE_SLA', 'QUEUE_CALLBACK', 'QUEUE_CALLBACK_FAILED', 'VOICEMAIL_RECEIVED', 'CALL_REPORT_COMPLETED', 'DISK_LOW', 'EMERGENCY_CALL', 'LICENSE_LIMITED', 'RECHARGE', 'CONFERENCE_INVITATION', 'TRUNK_CONNECTED', 'TRUNK_DISCONNECTED']",
    },
)
"""A template of the account's own. What is not given is the default's."""

NewTemplateResource = TypedDict(
    "NewTemplateResource",
    {
        "from": "str | None",
        "subject": "str | None",
        "body": "str | None",
        "name": "Literal['USER_CREATION', 'QUEUE_CALL_LOST', 'QUEUE_SLA', 'QUEUE_CALLBACK', 'QUEUE_CALLBACK_FAILED', 'VOICEMAIL_RECEIVED', 'CALL_REPORT_COMPLETED', 'DISK_LOW', 'EMERGENCY_CALL', 'LICENSE_LIMITED', 'RECHARGE', 'CONFERENCE_INVITATION', 'TRUNK_CONNECTED', 'TRUNK_DISCONNECTED']",
        "warnings": "list[TemplateWarningResource]",
        "updated_at": "str",
        # id of a person or an API key
        "updated_by": "str",
        # grows with each change; `ETag` holds it
        "version": "int",
        # its name
        "id": "Literal['USER_CREATION', 'QUEUE_CALL_LOST', 'QUEUE_SLA', 'QUEUE_CALLBACK', 'QUEUE_CALLBACK_FAILED', 'VOICEMAIL_RECEIVED', 'CALL_REPORT_COMPLETED', 'DISK_LOW', 'EMERGENCY_CALL', 'LICENSE_LIMITED', 'RECHARGE', 'CONFERENCE_INVITATION', 'TRUNK_CONNECTED', 'TRUNK_DISCONNECTED']",
    },
)
"""A template that was created."""


class NewTokenBody(TypedDict):
    """A new personal token."""

    name: str
    """what it is for; one line"""
    days: NotRequired[int]
    """how long it lives"""
    read_only: NotRequired[bool]
    """it changes nothing and sends nothing"""
    manages_people: NotRequired[bool]
    """it may manage people, roles and keys, if you may"""


class NewUserBody(TypedDict):
    """A person who is new, or pushed."""

    email: str
    """unique in the account; people sign in with it"""
    name: str
    role: NotRequired[str]
    """a system role, or the id of a custom role"""
    companies: NotRequired[list[str]]
    """what a manager is limited to"""
    contacts: NotRequired[list[str]]
    """ids of contacts of the account's groups that stand for the person: alerts that went to them are shown to the
    person in part; set by owners and admins; a push without it keeps it
    """
    billing: NotRequired[bool]
    """notices about money; given by owners, to owners and admins"""
    zone: NotRequired[str | None]
    """IANA time zone; null = the account's"""
    backup_phone: NotRequired[str | None]
    """for notices when there is no other number"""
    invite: NotRequired[bool]
    """mail an invitation with a first password; a push: if the person never got one"""


class NextStageResource(TypedDict):
    """The next mail about an incident, if it lasts."""

    stage: Literal["told", "day_7", "day_14", "day_21"]
    at: str
    """when it is sent"""


class NoEventResource(TypedDict):
    """A part of the mapping that makes no event of the payload."""

    emit: int
    """its place in the mapping, from 0"""
    type: str
    reason: Literal["condition_not_met", "id_missing", "time_missing", "required_field_missing", "duplicate_id"]
    """a stable word"""
    field: str
    """that is missing or does not fit; empty if none is to blame"""


class NoneSentAnswer(TypedDict):
    """At least one alert could not be accepted, so none was."""

    success: bool
    """false"""
    returnCode: int
    """the HTTP status"""
    failureReason: str
    """what went wrong, in one line"""
    failureCode: FaultCode | ErrorCode
    """the same as a stable word"""
    errors: list[ErrorEntry]
    moreErrors: NotRequired[bool]
    """true: there are more than the 100 that are listed"""
    allowed: NotRequired[int]
    """of a 413: the limit, in what `failureReason` names"""
    counted: NotRequired[int]
    """of a 413: how many there are, if all were counted"""
    requestId: NotRequired[str]
    """quote it when you ask for help"""
    clientRef: NotRequired[str]
    results: NotRequired[list[NoneSentEntry]]


class NoneSentEntry(TypedDict):
    """One alert of a call of which nothing was accepted; without a reason, the alert was valid."""

    success: bool
    clientRef: str
    failureReason: NotRequired[str]
    failureCode: NotRequired[FaultCode]
    alerts: NotRequired[list[AlertEntry]]
    excluded: NotRequired[list[ExcludedEntry]]
    """the first 100 receivers that were asked for, each with why it was not accepted"""


class NothingBody(TypedDict):
    """An empty object."""


class NothingCancelledAnswer(TypedDict):
    """No entry could be cancelled."""

    success: bool
    """false"""
    returnCode: int
    """the HTTP status"""
    failureReason: str
    """what went wrong, in one line"""
    failureCode: FaultCode | ErrorCode
    """the same as a stable word"""
    errors: list[ErrorEntry]
    moreErrors: NotRequired[bool]
    """true: there are more than the 100 that are listed"""
    allowed: NotRequired[int]
    """of a 413: the limit, in what `failureReason` names"""
    counted: NotRequired[int]
    """of a 413: how many there are, if all were counted"""
    requestId: NotRequired[str]
    """quote it when you ask for help"""
    clientRef: NotRequired[str]
    cancel: NotRequired[list[CancelEntryAnswer]]


class NothingSentAnswer(TypedDict):
    """No element could be accepted; nothing will be sent."""

    success: bool
    """false"""
    returnCode: int
    """the HTTP status"""
    failureReason: str
    """what went wrong, in one line"""
    failureCode: FaultCode | ErrorCode
    """the same as a stable word"""
    errors: list[ErrorEntry]
    moreErrors: NotRequired[bool]
    """true: there are more than the 100 that are listed"""
    allowed: NotRequired[int]
    """of a 413: the limit, in what `failureReason` names"""
    counted: NotRequired[int]
    """of a 413: how many there are, if all were counted"""
    requestId: NotRequired[str]
    """quote it when you ask for help"""
    clientRef: NotRequired[str]
    alerts: NotRequired[list[AlertEntry]]
    excluded: NotRequired[list[ExcludedEntry]]
    """the first 100 receivers that were asked for, each with why it was not accepted"""


class NothingStoredAnswer(TypedDict):
    """No entry succeeded."""

    success: bool
    """false"""
    returnCode: int
    """the HTTP status"""
    failureReason: str
    """what went wrong, in one line"""
    failureCode: FaultCode | ErrorCode
    """the same as a stable word"""
    errors: list[ErrorEntry]
    moreErrors: NotRequired[bool]
    """true: there are more than the 100 that are listed"""
    allowed: NotRequired[int]
    """of a 413: the limit, in what `failureReason` names"""
    counted: NotRequired[int]
    """of a 413: how many there are, if all were counted"""
    requestId: NotRequired[str]
    """quote it when you ask for help"""
    clientRef: NotRequired[str]
    content: NotRequired[list[StoreEntryAnswer]]


class NoticeActResource(TypedDict):
    """People were told of an event."""

    kind: Literal["notice"]
    notice: str
    """its kind, as in the inbox"""
    people: list[PersonToldResource]
    """owners and admins see all, others themselves"""


NoticeCode: TypeAlias = Literal[
    "country_not_allowed",
    "special_number",
    "number_rate",
    "tenant_rate",
    "spend_cap",
    "sending_paused",
    "limits_unavailable",
    "email_paused",
    "POSSIBLE_OPT_OUT",
    "opt_out_no_answer",
    "call_without_message",
    "visit_not_counted",
    "contact_group_ignored",
    "escalation_exhausted",
    "callback_exhausted",
    "callback_failing",
    "callback_disabled",
    "bus_exhausted",
    "source_silent",
    "schedule_missed",
    "schedule_key_disabled",
    "schedule_store_gone",
    "schedule_unreadable",
    "schedule_not_allowed",
    "schedule_too_large",
    "schedule_no_capacity",
    "schedule_no_receiver_left",
    "schedule_link_cancelled",
    "trigger_too_soon",
    "trigger_used_up",
    "trigger_over",
    "TRIGGER_LOOP",
    "TRIGGER_OFTEN",
    "trigger_sender_not_believed",
    "trigger_restored",
    "trigger_too_late",
    "trigger_store_gone",
    "trigger_key_disabled",
    "trigger_link_cancelled",
    "trigger_opt_out_word",
    "trigger_not_sendable",
    "trigger_no_receiver_reached",
]
"""Messages to the owner of a key: `messages[].code` in `/getinfo`."""


class NotificationList(TypedDict):
    """All notifications of a rule."""

    items: list[EmailNotificationResource | SmsNotificationResource | WebhookNotificationResource]
    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""


class NotificationSettingsBody(TypedDict):
    """Notification settings. What is omitted stays, null sets the default."""

    communication: NotRequired[CommunicationBody]
    events: NotRequired[MomentsBody]
    lines: NotRequired[list[str]]
    """ids of lines that the person follows beside their own; no id twice"""
    high_sms: NotRequired[bool]
    """more than 15 texts from one contact within 30 seconds"""
    channels: NotRequired[ChannelsBody]
    quiet_hours: NotRequired[PersonalQuietHoursBody | Literal["none"] | None]
    """`none`: never quiet; null: the account's quiet hours"""
    account: NotRequired[AccountTopicsBody | None]


class NotificationSettingsResource(TypedDict):
    """Notification settings of one person."""

    communication: CommunicationResource
    events: MomentsResource
    lines: list[str]
    """ids; a line that was deleted is in no list"""
    high_sms: bool
    channels: ChannelsResource
    quiet_hours: PersonalQuietHoursResource | Literal["none"] | None
    account: NotRequired[AccountTopicsResource]
    """of owners and admins only"""


class ObjectStore(TypedDict):
    """An alert or a contact group. With `contentEncoding` `json` the content is the object itself."""

    contentType: Literal["alert", "contactGroup"]
    tag: str
    """your own name for this entry; it comes back in the answer"""
    content: str | StoredAlert | ObjectStoreContent
    """the object, or its JSON text"""
    contentEncoding: NotRequired[Literal["json", "base64", "utf8"] | None]
    """default: json for an object, utf8 for a text"""
    storeDetails: NotRequired[StoreName | None]
    options: NotRequired[StoreOptions | None]


class ObjectStoreContent(TypedDict):
    """Contacts and sets of them; the set `all` always exists. All but the ids is encrypted at rest."""

    name: NotRequired[str]
    contacts: list[ObjectStoreContentContacts]
    sets: NotRequired[list[ObjectStoreContentSets]]


class ObjectStoreContentContacts(TypedDict):
    """ObjectStoreContentContacts."""

    id: str
    """unique in the group; should not reveal who it is"""
    sms: NotRequired[str | None]
    """number for text messages (E.164)"""
    email: NotRequired[str | None]
    call: NotRequired[str | None]
    """number for calls (E.164)"""
    lookups: NotRequired[dict[str, str]]
    """personal values, such as firstname"""
    quietHours: NotRequired[Literal["none"] | ObjectStoreContentContactsQuietHours | None]
    """when messages to this contact wait, instead of the account's quiet hours; `none` = never"""


ObjectStoreContentContactsQuietHours = TypedDict(
    "ObjectStoreContentContactsQuietHours",
    {
        # the first quiet minute
        "from": "str",
        # the first minute that is not; before `from` = the next day
        "to": "str",
        # IANA name like Europe/London; default: your account's
        "zone": "NotRequired[str | None]",
    },
)


class ObjectStoreContentSets(TypedDict):
    """ObjectStoreContentSets."""

    name: str
    ids: list[str]
    """ids of contacts of this group"""


PauseReason: TypeAlias = Literal["operator", "too_many_bounces", "too_many_complaints"]
"""Why a channel is paused: `sendingLimits.paused[].reason` in `/getinfo`."""


class PausedAnswer(TypedDict):
    """A paused channel."""

    channel: Literal["sms", "email", "call", "inboundCall"]
    since: str
    reason: PauseReason


class PbxBody(TypedDict):
    """Where the telephone system is reached, for the mails to its people. null: it is not said."""

    web_domain: NotRequired[str | None]
    sip_public_ip: NotRequired[str | None]
    sip_private_ip: NotRequired[str | None]
    udp_port: NotRequired[int | None]
    tcp_port: NotRequired[int | None]
    tls_port: NotRequired[int | None]


class PbxResource(TypedDict):
    """Where the telephone system is reached; null = it is not said."""

    web_domain: str | None
    sip_public_ip: str | None
    sip_private_ip: str | None
    udp_port: int | None
    tcp_port: int | None
    tls_port: int | None


class PeopleResource(TypedDict):
    """People: who cannot come, who has answered otherwise, who was not reached, then the rest."""

    items: list[PersonResource]
    next_cursor: str | None
    """give it as `cursor` for what follows; null at the end"""
    count: int
    """all people of the incident, whatever is shown"""
    answered: int
    not_reached: int | None
    """null: of more than one page, in several elements or steps, it is not counted"""


class PermissionList(TypedDict):
    """The permissions that a custom role can have."""

    items: list[
        Literal[
            "alerts.send",
            "alerts.read",
            "alerts.all.view",
            "mail.manage",
            "integrations.manage",
            "people.manage",
            "people.read",
            "directory.manage",
            "directory.read",
            "keys.manage",
            "audit.read",
        ]
    ]


class PersonAnswerResource(TypedDict):
    """The answer of a person."""

    at: str
    """when it came"""
    kind: ResponseKind
    step: int
    """the step that was answered"""
    text: str | None
    """of the latest of the newest 100 answers of each step; else null"""
    by: str | None
    """who marked the person as having answered, like `key:k1`; else null"""


class PersonMessageResource(TypedDict):
    """One message to a person."""

    step: int
    """the step it is about; 0 = the first alert"""
    alert_ref: str
    recipient: str
    """names this receiver for `explain` of that alert"""
    channel: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    address: str
    """empty after an erasure"""
    state: MessageState
    reason: Reason | None
    """reason of the state; null if the state says all"""
    reason_text: str | None
    """the same in words; may change"""
    attempts: int
    updated_at: str
    held_until: str | None
    """held: when the wait that `reason` names ends; else null"""


class PersonResource(TypedDict):
    """One person, over all elements and steps: a contact, or an address."""

    contact_id: str | None
    messages: list[PersonMessageResource]
    """in the order of steps and elements"""
    answer: PersonAnswerResource | None
    """null: no answer that counts"""
    not_reached: bool
    """none of the messages reached the person, and none will"""


class PersonToldResource(TypedDict):
    """What became of an event for one person."""

    user: str
    """id of the person"""
    notice: str | None
    """its kind, as in the inbox; null: such events tell no person"""
    because: str | None
    """why it concerned the person, for example `own line 2010`"""
    channels: list[ChannelTold]
    """empty: the event came just now. A channel that is missing was not chosen"""


PersonalQuietHoursBody = TypedDict(
    "PersonalQuietHoursBody",
    {
        # the first quiet minute
        "from": "str",
        # the first minute that is not quiet
        "to": "str",
        # null: the account's
        "zone": "NotRequired[str | None]",
    },
)
"""Hours in which notices wait. They may go over midnight."""

PersonalQuietHoursResource = TypedDict(
    "PersonalQuietHoursResource",
    {
        "from": "str",
        # the first minute that is not quiet
        "to": "str",
        "zone": "str | None",
    },
)
"""Hours in which notices wait."""


class PhoneNumberBody(TypedDict):
    """A number of the telephone system."""

    e164: str
    """unique in the account; kept in E.164 form, like +447777100100"""
    label: NotRequired[str]
    target: NotRequired[TargetBody | None]
    """null = nowhere"""
    company: NotRequired[str | None]
    """the company that it belongs to; null = none"""


class PhoneNumberList(TypedDict):
    """A page of numbers."""

    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""
    items: list[PhoneNumberResource]


class PhoneNumberResource(TypedDict):
    """A number of the telephone system."""

    id: str
    """its id, for ever"""
    e164: str
    label: str
    sms_enabled: bool
    """texts can be sent from it; the operator decides"""
    target: TargetResource | None
    company: str | None
    external_id: str | None
    """its id in the system that pushes the directory"""
    version: int
    """grows with each change; `ETag` holds it"""


class PlanAnswer(TypedDict):
    """What the call would do. Nothing was sent, stored or counted; it assumes no answers."""

    success: bool
    returnCode: int
    clientRef: str
    mode: Literal["plan"]
    plannedAt: str
    runs: NotRequired[list[str]]
    """of a schedule, the first of its runs; the plan is of the first one"""
    steps: list[PlannedStepAnswer]
    exhaustedAt: NotRequired[str]
    """end of the escalation if too few people answer"""
    estimatedCost: float
    """of all steps, in US dollars"""
    estimatedCostMost: NotRequired[float]
    """the same if every attempt of every call is answered; only with calls"""


class PlannedEntry(TypedDict):
    """Receivers of one element with the same planned outcome."""

    element: int
    """place in the step's `alert` array"""
    alertType: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    outcome: PlannedOutcome
    reason: NotRequired[Reason]
    """why"""
    reasonText: NotRequired[str]
    """the same in words; may change"""
    at: str
    """earliest time of sending; for other outcomes, the time of the decision"""
    sendBefore: NotRequired[str]
    """it is not sent at or after this time"""
    segments: NotRequired[int]
    """sms: parts each text is billed as"""
    estimatedSeconds: NotRequired[float]
    """call: how long one call lasts if every prompt is said once; an estimate"""
    recipients: list[str]
    """contact ids, or addresses of plain recipients"""
    samples: NotRequired[list[SampleEntry]]
    """what the first 3 receivers would read, if it is sent or held; 250 a plan at most"""


PlannedOutcome: TypeAlias = Literal["send", "held", "expired", "suppressed", "excluded"]
"""Outcomes of a plan: `steps[].entries[].outcome` and `ifStopped[].outcome` of the answer to `mode` `plan`."""


class PlannedStepAnswer(TypedDict):
    """One alert that would be sent."""

    step: int
    """0 is the alert itself, the others are steps of its escalation"""
    at: str
    """when it would be accepted"""
    alerts: list[AlertEntry]
    """as in the response to the call"""
    answersNeeded: NotRequired[int]
    """people who must have answered for no later step to be sent"""
    ifStopped: NotRequired[list[PlannedEntry]]
    """what `onStopped` would send if it ended after this step, at once"""
    entries: list[PlannedEntry]
    """by element, then by time"""
    estimatedCost: float
    """of its texts, and of one call to each receiver of a call, in US dollars; a rough estimate"""
    failureReason: NotRequired[str]
    """why nothing would be sent, in words"""
    failureCode: NotRequired[FaultCode | ErrorCode]
    """the same as a stable word"""


PreviewBody = TypedDict(
    "PreviewBody",
    {
        # display name of the sender
        "from": "NotRequired[str | None]",
        "subject": "NotRequired[str | None]",
        # text, or HTML; HTML if it holds a tag of HTML
        "body": "NotRequired[str | None]",
        # values of variables, in place of the samples
        "values": "NotRequired[dict[str, str]]",
    },
)
"""Words to look at. What is not given is as the account has it."""

PreviewResource = TypedDict(
    "PreviewResource",
    {
        "from": "str",
        "subject": "str",
        "text": "str",
        "html": "str | None",
        # variables that the template does not have
        "unknown": "list[str]",
    },
)
"""A mail with sample values."""


class Problem(TypedDict):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: NotRequired[int]
    """the HTTP status; the gateway leaves it out at times"""
    detail: str
    instance: str
    """id of this call; quote it when you ask for help"""
    code: ErrorCode | str
    """a code of this API, or a response type of API Gateway if it rejected the call"""
    errors: list[ProblemEntry]
    moreErrors: NotRequired[bool]
    """true: there are more than the 100 that are listed"""
    confirm: NotRequired[str]
    """repeat the call with it to do what `errors` lists"""
    how: NotRequired[str]
    """of `SUPERSEDED`: how the escalation ended (`acknowledged`, `exhausted`, `cancelled`,
    `cancelled_with_all_clear`), or `moved_on` if another step is the next
    """


class ProblemEntry(TypedDict):
    """One thing that is wrong."""

    code: FaultCode | ErrorCode | str
    """a code of this API, or a response type of API Gateway if it rejected the call"""
    message: str
    detail: str
    """where: the query parameter, or the place in the body, as a pointer"""
    ids: NotRequired[list[str]]
    """the things that it is about"""
    reason: NotRequired[Reason]
    """why a mail server did not take a mail"""
    said: NotRequired[str]
    """the mail server's own words"""


class PushEndpointBody(TypedDict):
    """Names a browser by its endpoint."""

    endpoint: str


class PushKey(TypedDict):
    """The key for `applicationServerKey`."""

    key: str
    """a public key of P-256, in base64url"""


class PushSubscriptionBody(TypedDict):
    """What `PushSubscription.toJSON()` of the browser gives, and two words of yours."""

    endpoint: str
    """a secret"""
    keys: KeysBody
    expirationTime: NotRequired[float | int | None]
    """not used: the push service tells when it is over"""
    details: NotRequired[bool]
    """pushes say who and what; else only that there is something"""
    device: NotRequired[str]
    """how your list names the browser"""


class PushSubscriptionList(TypedDict):
    """Your browsers, newest first."""

    items: list[PushSubscriptionResource]
    next_cursor: None


class PushSubscriptionResource(TypedDict):
    """A browser that is pushed to. Its endpoint and its keys are never read again."""

    id: str
    """the first 32 hex digits of the SHA-256 of the endpoint"""
    service: str
    """the push service"""
    device: str
    details: bool
    created_at: str


class PutExternalAnswer(TypedDict):
    """One of `LineResource`, `CompanyResource`, `UserResource`, `PhoneNumberResource`, `GroupResource`."""

    id: str
    """its id, for ever"""
    extension: NotRequired[str]
    aliases: NotRequired[list[str]]
    label: NotRequired[str]
    user: NotRequired[str | None]
    """whose personal line it is; null = shared"""
    company: NotRequired[str | None]
    fisher_mode: NotRequired[bool]
    discovered: NotRequired[bool]
    """an event made it"""
    external_id: str | None
    """its id in the system that pushes the directory"""
    version: int
    """grows with each change; `ETag` holds it"""
    name: NotRequired[str]
    email: NotRequired[str]
    role: NotRequired[str]
    """a system role, or the id of a custom role"""
    companies: NotRequired[list[str]]
    contacts: NotRequired[list[str]]
    """ids of contacts that are linked to the person"""
    billing: NotRequired[bool]
    state: NotRequired[Literal["invited", "active", "disabled"]]
    """invited: has not signed in or accepted yet"""
    zone: NotRequired[str | None]
    backup_phone: NotRequired[str | None]
    last_seen_at: NotRequired[str | None]
    """when a session of the console was last used"""
    e164: NotRequired[str]
    sms_enabled: NotRequired[bool]
    """texts can be sent from it; the operator decides"""
    target: NotRequired[TargetResource | None]
    kind: NotRequired[Literal["hunt_group", "queue"]]
    number: NotRequired[str]
    members: NotRequired[list[str]]
    managers: NotRequired[list[str]]


QuietHoursAnswer = TypedDict(
    "QuietHoursAnswer",
    {
        # the first quiet minute
        "from": "str",
        # the first minute that is not; before `from` = the next day
        "to": "str",
        # on which they begin; 1 is Monday
        "weekdays": "list[int]",
    },
)


class RateAnswer(TypedDict):
    """A rate: a count per time."""

    count: int
    seconds: int


Reason: TypeAlias = Literal[
    "stop",
    "complaint",
    "complained_before",
    "blocked_by_operator",
    "hard_bounce",
    "erased",
    "answered_sms",
    "answered_email",
    "answered_call",
    "answered_shortlink",
    "answered_marked",
    "unmatched",
    "declined",
    "carrier_keyword",
    "unreadable",
    "sender_not_believed",
    "empty",
    "automatic_report",
    "automatic_empty_return_path",
    "automatic_auto_submitted",
    "automatic_header",
    "automatic_sender",
    "automatic_subject",
    "automatic_text",
    "automatic_phone_auto_text",
    "automatic_visit",
    "evidence_too_weak",
    "after_the_end",
    "resent",
    "stopped",
    "escalation_cancelled",
    "no_receiver_reached",
    "quiet_hours",
    "quiet_hours_overridden",
    "quiet_hours_outlast_alert",
    "restored",
    "cancelled",
    "expired",
    "no_address",
    "bad_address",
    "phone:PHONE_EMPTY",
    "phone:PHONE_NOT_INTERNATIONAL",
    "phone:PHONE_MALFORMED",
    "phone:PHONE_IMPOSSIBLE",
    "email:EMAIL_EMPTY",
    "email:EMAIL_NOT_ONE_ADDRESS",
    "email:EMAIL_TOO_LONG",
    "email:EMAIL_LOCAL_PART",
    "email:EMAIL_DOMAIN",
    "email_for_phone",
    "phone_for_email",
    "unsendable",
    "mail_too_large",
    "speech_too_long",
    "text_too_long",
    "unsafe_value",
    "answered",
    "foreign_sender",
    "sending_limit",
    "outside_time_windows",
    "no_capacity",
    "no_contact_group",
    "unknown_contact",
    "unknown_set",
    "store_unusable",
    "lookup_unusable",
    "channel_unavailable",
    "no_receivers",
    "country_not_allowed",
    "special_number",
    "mail_rate",
    "settings_saved",
    "number_rate",
    "tenant_rate",
    "spend_cap",
    "sending_paused",
    "check_failed",
    "limits_unavailable",
    "throttled",
    "provider_error",
    "provider_unavailable",
    "provider_unreachable",
    "provider_denies_us",
    "our_credentials_expired",
    "provider_misconfigured",
    "account_disabled",
    "daily_limit",
    "spending_limit",
    "invalid_request",
    "invalid_address",
    "not_verified",
    "opted_out",
    "sender_not_allowed",
    "message_too_long",
    "too_expensive",
    "unrecognised_error",
    "gateway_error",
    "reply_timed_out",
    "connection_broken",
    "reply_without_id",
    "sender_broke",
    "claim_expired",
    "attempts_exhausted",
    "invalid_number",
    "invalid_message",
    "handset_off",
    "carrier_unreachable",
    "number_blocked",
    "carrier_blocked",
    "taken_for_spam",
    "too_late_for_the_network",
    "country_blocked",
    "bounced",
    "bounced_mailbox_full",
    "bounced_too_large",
    "bounced_content_rejected",
    "bounced_transient",
    "bounced_undetermined",
    "rejected",
    "auth_failed",
    "auth_not_offered",
    "password_missing",
    "tls_failed",
    "certificate",
    "unreachable",
    "refused",
    "not_connected",
    "port_not_allowed",
    "no_mail_server",
    "abuse",
    "auth_failure",
    "fraud",
    "virus",
    "other",
    "unspecified",
    "unsafe_mail_address_in_name",
    "unsafe_mail_address_malformed",
    "unsafe_mail_boundary_in_value",
    "unsafe_mail_boundary_malformed",
    "unsafe_mail_boundary_not_found",
    "unsafe_mail_content_type_malformed",
    "unsafe_mail_content_type_not_allowed",
    "unsafe_mail_control_character",
    "unsafe_mail_encoded_word",
    "unsafe_mail_header_mismatch",
    "unsafe_mail_line_too_long",
    "unsafe_mail_message_id_malformed",
    "busy",
    "no_answer",
    "hung_up_early",
    "no_key",
    "network",
    "control_lost",
    "unplayable",
    "destination_not_allowed",
    "outbound_not_permitted",
    "not_set_up",
    "skipped",
    "sandbox_temporary_failure",
    "sandbox_permanent_failure",
    "sandbox_outcome_unknown",
    "responses_unavailable",
    "suppressions_unavailable",
    "answers_unavailable",
    "alert_unavailable",
    "erasures_unavailable",
    "shortlinks_unavailable",
    "recordings_unavailable",
    "conversation_unavailable",
    "out_of_time",
]
"""Reasons: `reason` of an event, of a receiver in `/alerts/{alert_ref}/recipients`, of an entry of a plan and of
`explain`: why a message was or was not sent, why it waits, and why a receiver was excluded. Errors of
providers are mapped to these words; an unknown error is `unrecognised_error`.
"""


class ReasonResource(TypedDict):
    """Why a message failed."""

    code: str
    """a stable word"""
    message: str
    detail: str | None
    """what the other side said"""


class RecipientListResource(TypedDict):
    """Receivers in the order they were given. A page may be short while `next_cursor` says that more follows."""

    items: list[RecipientResource]
    next_cursor: str | None
    """give it as `cursor` for what follows; null at the end"""


class RecipientResource(TypedDict):
    """One receiver of one element, and the state of their message."""

    recipient: str | None
    """names this receiver for `explain`; null if excluded"""
    address: str
    """excluded with an address that is not valid: as written, at most 254 characters"""
    contact_id: str | None
    channel: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    state: MessageState | Literal["excluded"]
    reason: Reason | None
    """reason of the state; null if the state says all"""
    reason_text: str | None
    """the same in words; may change"""
    pointer: str | None
    """excluded: where the request names this receiver, as a JSON pointer; else null"""
    attempts: int
    provider_id: str | None
    possible_duplicate: bool
    updated_at: str
    segments: int | None
    """sms: parts this receiver's text is billed as"""
    responded_at: str | None
    """when this message was first answered; null = not yet"""
    held_until: str | None
    """held: when the wait that `reason` names ends; else null"""


class ReminderResource(TypedDict):
    """A reminder: sent at its time, if the person then has this moment on."""

    moment: Literal["1d", "1h", "15m", "1m"]
    at: str
    """when it is due"""
    past: bool
    """it was sent at its time, or it was past already: nothing is sent late"""


class ReplayIvr(TypedDict):
    """Play the message again on request, and ask whether all is well."""

    ivrType: Literal["replay"]
    ivrAttempts: NotRequired[int]
    """calls until success"""
    ivrSayAgainDigits: NotRequired[str]
    """keys that play it again"""
    ivrAmOkDigits: NotRequired[str]
    """keys that acknowledge: `recipientOk`"""
    ivrAmNotOkDigits: NotRequired[str]
    """keys that answer and acknowledge nothing: `recipientNotOk`; your `post` says what they mean"""
    ivrDigitsStopPlay: NotRequired[bool]
    """a key stops what is being played"""
    ivrRepeatPrePrompt: NotRequired[bool]
    """play `pre` again too"""


class ResendBody(TypedDict):
    """Send again to the receivers whose message has failed."""


ResponseKind: TypeAlias = Literal["sms", "email", "call", "shortlink", "marked"]
"""How a person answered: `kind` of a response, `answerType` of an event, and `reason` of an answer in `explain`."""


class ResponseListResource(TypedDict):
    """A page of answers, in no order of time."""

    items: list[ResponseResource]
    next_cursor: str | None
    """give it as `cursor` for what follows; null at the end"""


class ResponseResource(TypedDict):
    """One answer of a person to a message."""

    kind: ResponseKind
    address: str
    """who answered"""
    contact_id: str | None
    channel: Literal["sms", "email", "call", "inboundCall"]
    """of the message that is answered"""
    tag: str
    responded_at: str
    reply: str
    """the text of the answer, without the quoted message; empty if there is none"""
    reply_encoding: Literal["utf8", "base64"]
    """of `reply`"""
    late: bool
    """a newer alert had gone to this receiver by then"""
    matched: bool
    """false: it may be to another alert; it counts for none"""
    evidence: Evidence
    counted: bool
    """whether it counts as an answer"""
    reason: Reason | None
    """why it does not count; null if it does"""
    reason_text: str | None
    """`reason` as a sentence"""
    not_ok: bool
    """the person is not well or cannot come: it counts, but ends no escalation"""
    details: dict[str, Any]
    """what only answers of this kind have, named as in events; of a key in a call `status`, `digits`, and `attempt`
    or `callBack`
    """


class RoleBody(TypedDict):
    """A custom role. Its holders can do what the role `user` can, too."""

    name: str
    """unique in the account, whatever its case"""
    permissions: NotRequired[
        list[
            Literal[
                "alerts.send",
                "alerts.read",
                "alerts.all.view",
                "mail.manage",
                "integrations.manage",
                "people.manage",
                "people.read",
                "directory.manage",
                "directory.read",
                "keys.manage",
                "audit.read",
            ]
        ]
    ]
    """see `GET /roles/permissions`"""
    scopes: NotRequired[ScopesBody]


class RoleList(TypedDict):
    """A page of roles, the system roles first."""

    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""
    items: list[RoleResource]


class RoleResource(TypedDict):
    """A role: one of the six fixed ones, or a custom one."""

    id: str
    """its id, for ever"""
    name: str
    permissions: list[
        Literal[
            "alerts.send",
            "alerts.read",
            "alerts.all.view",
            "mail.manage",
            "integrations.manage",
            "people.manage",
            "people.read",
            "directory.manage",
            "directory.read",
            "keys.manage",
            "audit.read",
            "rules.own",
            "account.manage",
            "self",
        ]
    ]
    scopes: ScopesResource
    system: bool
    """one of the six that cannot be changed"""
    version: int
    """grows with each change; `ETag` holds it"""


class RotateBody(TypedDict):
    """How long the former token is taken beside the new one."""

    overlap: NotRequired[str]
    """s, m, h or d, at most `7d`; `0s`: the former token is refused within 30 s"""


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


class RuleOptionsBody(TypedDict):
    """When a rule speaks."""

    throttle: NotRequired[ThrottleBody | None]
    digest: NotRequired[DigestBody | None]
    max_age: NotRequired[str]
    """events that come later after they happened are not told"""
    urgent: NotRequired[bool]
    """before the messages of broadcasts"""


class RuleTestMessage(TypedDict):
    """One message of a test."""

    notification_id: str
    recipient: str
    """an address, a number, or the URL of a webhook without its query"""


class RuleTestResource(TypedDict):
    """A test of a rule. What became of its messages stands in the history of the rule."""

    test: str
    """its id in the history of the rule"""
    messages: list[RuleTestMessage]


class RuleTriggerList(TypedDict):
    """All triggers of a rule."""

    items: list[RuleTriggerResource]
    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""


class RuleTriggerResource(TypedDict):
    """One alternative: the rule matches if one of its triggers does."""

    id: str
    """its id, for ever"""
    description: str
    """history calls it `entity`; empty = `Trigger 1`, by its place"""
    filters: CallFiltersBody | SipFiltersBody | SmsFiltersBody
    out_of_scope: bool
    """it stands still: it names what the owner of the rule may not use any more"""


RunFailure: TypeAlias = Literal[
    "key_disabled",
    "store_gone",
    "unreadable",
    "not_allowed",
    "too_large",
    "no_capacity",
    "no_receiver_left",
    "outside_time_windows",
    "link_cancelled",
]
"""Why a run of a schedule sent nothing: `lastFailure` of a scheduled alert in `/getinfo`."""


class RunResource(TypedDict):
    """What the rule made of the event."""

    id: str
    """of the run; records of history begin with it"""
    state: Literal["sent", "collected", "throttled", "held", "released", "failed"]
    at: str
    """when the event was received"""
    entities: list[str]
    """descriptions of the triggers that matched"""


class SampleChannel(TypedDict):
    """A sample by one channel."""

    channel: Literal["email", "text", "browser", "inbox"]
    to: str | None
    """address or number; null = the inbox, the browsers, or none"""
    state: Literal["sent", "no_number", "own_number", "opted_out", "no_device"]
    """`sent`, or why none was sent"""


class SampleEntry(TypedDict):
    """What one receiver would read."""

    recipient: str
    """as in `recipients`"""
    subject: NotRequired[str]
    """of an email"""
    text: str | None
    """the text, or the body of the email, up to 4 KB. Without `canReadStores`, names of lookups stand for values of
    a stored group, and null for stored content
    """
    segments: NotRequired[int]
    """sms: parts the whole text is billed as"""
    truncated: bool
    """there is more text"""


class SampleList(TypedDict):
    """The last payloads of a source, newest first: at most 20, for three days."""

    items: list[SampleResource]
    next_cursor: None


class SampleNoticesResource(TypedDict):
    """Where the samples go."""

    channels: list[SampleChannel]
    """the channels that are on, and the inbox"""


class SampleResource(TypedDict):
    """A payload, and what became of it."""

    id: str
    """sorts by the time of receipt"""
    received_at: str
    payload: str
    """JSON, or the body as it came if it could not be parsed"""
    events: list[SampledEventResource]
    reason: str | None
    """a stable word: why not every event could be made, or none"""


class SampledEventResource(TypedDict):
    """An event that a payload told."""

    type: str
    event_id: str | None
    """null if it is refused"""
    status: Literal["accepted", "duplicate", "ignored", "late", "refused"]


class Schedule(TypedDict):
    """When to send, and how often."""

    start: str
    """`now` or a time"""
    delay: NotRequired[str]
    """added to `start`"""
    repeat: NotRequired[str | None]
    """from one run to the next"""
    paused: NotRequired[bool]
    """create it paused"""
    end: NotRequired[str | None]
    """no run after this; required with `repeat`"""


class ScheduleInfo(TypedDict):
    """One scheduled alert."""

    scheduledAlertId: str
    storedAlertId: str
    state: ScheduleState
    paused: bool
    nextRunAt: str | None
    """of a paused one: when it would run if resumed now; null = finished"""
    expires: str | None
    """no run after this"""
    repeats: str | None
    """from one run to the next; null = once"""
    runs: int
    """runs so far that sent something"""
    ended: NotRequired[str]
    """when it finished; it is listed for 30 days from then"""
    missed: int
    """runs that were skipped because they were over 15 minutes late"""
    lastRunAt: NotRequired[str]
    lastAlertId: NotRequired[str]
    lastFailure: NotRequired[RunFailure]
    """why the latest run sent nothing"""


ScheduleState: TypeAlias = Literal["active", "paused", "finished", "cancelled"]
"""States of a scheduled alert: `state` of the answers of `/pausescheduledalert`, `/resumescheduledalert` and
`/cancelscheduledalert`.
"""


class ScheduleStoredAlertBody(TypedDict):
    """Send a stored alert later, once or again and again."""

    clientRef: NotRequired[str | None]
    """default: the one in the store; one of the two must be there"""
    storeId: NotRequired[str | None]
    """id of the stored alert; this or `storeName`"""
    storeName: NotRequired[str | None]
    """name of the stored alert; this or `storeId`"""
    schedule: Schedule
    """when, and how often"""


class ScheduledAlertBody(TypedDict):
    """One scheduled alert, under one or both of its names."""

    clientRef: NotRequired[str | None]
    scheduledAlertId: NotRequired[str | None]
    """which"""
    scheduleId: NotRequired[str | None]
    """the same as `scheduledAlertId`"""


class ScheduledAnswer(TypedDict):
    """The alert is stored and scheduled. Each run has an `alertRef` of its own."""

    success: bool
    returnCode: int
    clientRef: str
    scheduleId: str
    scheduledAlertId: str
    """the same as scheduleId"""
    storeId: str
    """the store of the alert"""
    expirationInDays: int
    """days the store lives after its last use; 0 = for ever"""
    nextRunAt: str | None
    """when it is sent next, UTC; null while it is paused or over"""


class ScopesBody(TypedDict):
    """How much telephony data the rules of its holders may use."""

    users: NotRequired[Literal["own", "all"]]
    """own: oneself"""
    phone_numbers: NotRequired[Literal["own", "all"]]
    """own: those of my lines and groups"""
    hunt_groups: NotRequired[Literal["own", "all"]]
    """own: member or manager"""
    call_queues: NotRequired[Literal["own", "all"]]
    """own: member or manager"""


class ScopesResource(TypedDict):
    """How much telephony data the rules of its holders may use."""

    users: Literal["own", "all"]
    phone_numbers: Literal["own", "all"]
    hunt_groups: Literal["own", "all"]
    call_queues: Literal["own", "all"]


class SendAlertAnswer(TypedDict):
    """One of `SendAnswer`, `ScheduledAnswer`, `DeferredAnswer`, `ActiveAnswer`, `SentAndActiveAnswer`, `PlanAnswer`."""

    success: bool
    returnCode: int
    clientRef: str
    alertRef: NotRequired[str]
    """the alert's id"""
    alertId: NotRequired[str]
    """the same as alertRef"""
    emailSubjectRef: NotRequired[str]
    """stands in every subject of this alert"""
    alerts: NotRequired[list[AlertEntry]]
    scheduleId: NotRequired[str]
    scheduledAlertId: NotRequired[str]
    """the same as scheduleId"""
    storeId: NotRequired[str]
    """the store of the alert"""
    expirationInDays: NotRequired[int]
    """days the store lives after its last use; 0 = for ever"""
    nextRunAt: NotRequired[str | None]
    """when it is sent next, UTC; null while it is paused or over"""
    storeName: NotRequired[str]
    triggers: NotRequired[list[ActiveKeyword]]
    """in request order"""
    mode: NotRequired[Literal["plan"]]
    plannedAt: NotRequired[str]
    runs: NotRequired[list[str]]
    """of a schedule, the first of its runs; the plan is of the first one"""
    steps: NotRequired[list[PlannedStepAnswer]]
    exhaustedAt: NotRequired[str]
    """end of the escalation if too few people answer"""
    estimatedCost: NotRequired[float]
    """of all steps, in US dollars"""
    estimatedCostMost: NotRequired[float]
    """the same if every attempt of every call is answered; only with calls"""


class SendAlertBody(TypedDict):
    """One call: several messages, over several channels, to many people."""

    alert: list[SmsElement | EmailElement | CallElement | InboundCallElement]
    """one entry per channel and text"""
    title: NotRequired[str | None]
    """what lists show of it; default: the first subject, else the first words of the first text"""
    contactGroup: NotRequired[ContactGroupChoice | None]
    linkedAlerts: NotRequired[LinkedAlerts | None]
    escalation: NotRequired[Escalation | None]
    """who is contacted next if too few people answer"""
    options: NotRequired[SendOptions | None]
    trigger: NotRequired[Trigger | None]
    deferral: NotRequired[Deferral | None]
    clientRef: str
    """your own reference; it comes back in answers and events"""
    mode: NotRequired[Literal["send", "plan"]]
    """`plan`: nothing is sent, stored or counted; the answer says what would happen to whom and when"""


class SendAlertFromStoreBody(TypedDict):
    """One call that sends a stored alert."""

    clientRef: str
    """your own reference; it comes back in answers and events"""
    storeDetails: StoreChoice
    """the stored alert, in place of everything else"""


class SendAlertsAnswer(TypedDict):
    """All alerts are accepted; each result is as in a call of its own."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    results: list[dict[str, Any]]
    """one entry per alert, in request order"""


class SendAlertsBody(TypedDict):
    """Several alerts, sent at once or later: all are accepted, or none."""

    clientRef: NotRequired[str | None]
    alerts: list[SendAlertsEntry]
    """first the one that goes at once, if any"""


class SendAlertsEntry(TypedDict):
    """One alert of several; as in `/sendalert`, without version and key."""

    alert: list[SmsElement | EmailElement | CallElement | InboundCallElement]
    """one entry per channel and text"""
    title: NotRequired[str | None]
    """what lists show of it; default: the first subject, else the first words of the first text"""
    contactGroup: NotRequired[ContactGroupChoice | None]
    linkedAlerts: NotRequired[LinkedAlerts | None]
    escalation: NotRequired[Escalation | None]
    """who is contacted next if too few people answer"""
    options: NotRequired[SendOptions | None]
    trigger: NotRequired[Trigger | None]
    deferral: NotRequired[Deferral | None]
    clientRef: str
    """your own reference; it comes back in answers and events"""


class SendAnswer(TypedDict):
    """The call was accepted as a whole or in part. The accepted messages will be sent."""

    success: bool
    returnCode: int
    clientRef: str
    alertRef: str
    """the alert's id"""
    alertId: str
    """the same as alertRef"""
    emailSubjectRef: NotRequired[str]
    """stands in every subject of this alert"""
    alerts: list[AlertEntry]


class SendOptions(TypedDict):
    """Options of the call as a whole."""

    notification: NotRequired[Literal["poll", "callback", "bus", "none"] | None]
    """how you get the results: `poll` by /collectevents, `callback` at your URL, `bus` on the operator's event bus
    (needs the right `canUseBus`), `none` not at all; default: as the key says
    """
    notificationType: NotRequired[Literal["json", "form"] | None]
    """how callbacks are encoded; default: as the key says"""
    callbackURL: NotRequired[str | None]
    """https URL where callbacks go; default: as the key says"""
    schedule: NotRequired[Schedule | None]
    lifetime: NotRequired[str | None]
    """how long answers count and results are kept; needs the right `canSetLifetime`"""
    urgent: NotRequired[bool]
    """send also during quiet hours"""
    clickCounts: NotRequired[bool | None]
    """visits to short links that look human count as answers, without a button; steps, all-clear and runs inherit
    it. Risk: machines visit links too and can end an escalation; default: as the key says
    """


class SendStoredAlertAnswer(TypedDict):
    """One of `SendAnswer`, `ScheduledAnswer`."""

    success: bool
    returnCode: int
    clientRef: str
    alertRef: NotRequired[str]
    """the alert's id"""
    alertId: NotRequired[str]
    """the same as alertRef"""
    emailSubjectRef: NotRequired[str]
    """stands in every subject of this alert"""
    alerts: NotRequired[list[AlertEntry]]
    scheduleId: NotRequired[str]
    scheduledAlertId: NotRequired[str]
    """the same as scheduleId"""
    storeId: NotRequired[str]
    """the store of the alert"""
    expirationInDays: NotRequired[int]
    """days the store lives after its last use; 0 = for ever"""
    nextRunAt: NotRequired[str | None]
    """when it is sent next, UTC; null while it is paused or over"""


class SendStoredAlertBody(TypedDict):
    """Send an alert that was stored before."""

    clientRef: NotRequired[str | None]
    """default: the one in the store; one of the two must be there"""
    storeId: NotRequired[str | None]
    """id of the stored alert; this or `storeName`"""
    storeName: NotRequired[str | None]
    """name of the stored alert; this or `storeId`"""
    options: NotRequired[StoredSendOptions | None]


class SendingLimitsAnswer(TypedDict):
    """What your account may send. Your operator changes it."""

    countries: list[str] | None
    """where text messages may go; null = anywhere"""
    specialNumbers: bool
    """premium, shared-cost, personal, satellite numbers"""
    perReceiver: RateAnswer | None
    """text messages to one receiver; null = no limit"""
    callsPerReceiver: RateAnswer | None
    """calls placed to one number, a third of them kept for urgent calls; null = no limit"""
    perAccount: RateAnswer | None
    """text messages in all; null = no limit"""
    dailySpendLimitUsd: float | None
    """estimated cost of a UTC day; null = no limit"""
    spentTodayUsd: float
    """estimated"""
    paused: list[PausedAnswer]


class SentAndActiveAnswer(TypedDict):
    """The call was sent, and the stored alert it names waits for a keyword."""

    success: bool
    returnCode: int
    clientRef: str
    alertRef: str
    """the alert's id"""
    alertId: str
    """the same as alertRef"""
    emailSubjectRef: NotRequired[str]
    """stands in every subject of this alert"""
    alerts: list[AlertEntry]
    storeId: str
    expirationInDays: int
    triggers: list[ActiveKeyword]


class SentByResource(TypedDict):
    """Who sent an alert."""

    kind: Literal["key", "user"]
    id: str
    """of the API key or the person"""
    name: str | None
    """when it was sent; null: not known any more"""


class SentContentResource(TypedDict):
    """What one element said."""

    step: int
    """the step it is about; 0 = the first alert"""
    item: int
    """place of the element in its `alert` array"""
    channel: Literal["sms", "email", "call", "inboundCall"]
    tag: str
    recipient_count: int
    sender: str | None
    """as the receiver sees it; null: the default"""
    subject: str | None
    text: str
    """the text, or the body of a mail, up to 10,000 characters"""
    truncated: bool
    content_type: str | None
    """of a mail"""
    personal: bool
    """keywords in braces were replaced for each receiver"""


class SetInfoBody(TypedDict):
    """Change the name and the defaults of your own key. Only an operator changes its rights."""

    clientRef: NotRequired[str | None]
    apiKeyFriendlyName: NotRequired[str | None]
    """display name of the key"""
    defaultNotification: NotRequired[Literal["poll", "callback", "bus", "none"] | None]
    """default of `options.notification`; `bus` needs the right `canUseBus`"""
    defaultNotificationFormat: NotRequired[Literal["json", "form"] | None]
    """default encoding of callbacks"""
    defaultCallbackUrl: NotRequired[str | None]
    """where callbacks go when a call does not say; null removes"""
    transliterate: NotRequired[bool | None]
    """convert text messages to the GSM 7-bit alphabet: they have fewer segments"""
    ownerEmail: NotRequired[str | None]
    """owner address for mails about failed callbacks and exceeded sending limits; null removes"""
    clickCounts: NotRequired[bool | None]
    """default of `options.clickCounts`: visits to short links that look human count as answers. Machines visit links
    too and can then end an escalation
    """
    callback: NotRequired[CallbackChangeBody | None]
    """make a new signing secret, enable, disable, deliver again"""


class SetUpResource(TypedDict):
    """A text to paste into the telephone system."""

    media_type: str
    """text/plain or application/xml"""
    text: str


class SharedRuleResource(TypedDict):
    """Where people who may see the rule find it."""

    url: str


class Shortlink(TypedDict):
    """A short URL of each recipient's own, written `{shortlink}` in the content."""

    reference: NotRequired[str | None]
    """your own name for it; default: the call's clientRef"""
    url: NotRequired[str | None]
    """where it leads; who clicked is added to its query (`reference`, `alertid`, `contactid` or `recipient`, `type`,
    `tag`); default: a page that says thank you
    """
    confirm: NotRequired[bool | None]
    """whether a visit shows our page with one button first, which the receiver presses; default: true without `url`,
    if the alert escalates or is linked, or if `reference` is the keyword of a trigger; false with `clickCounts`.
    With `false`, visits set no trigger off unless `clickCounts`
    """


class SimpleIvr(TypedDict):
    """Play the message; the call succeeds when it is answered, or as the options say."""

    ivrType: NotRequired[Literal["simple"]]
    ivrAttempts: NotRequired[int]
    """calls until success"""
    ivrRequireFullPlay: NotRequired[bool]
    """success only if all was played. No key ends the message then; a key that is pressed while it plays is lost if
    the receiver hangs up before its end
    """
    ivrRequireResponse: NotRequired[bool]
    """success only if a key was pressed. Without it, voicemail counts as reached"""


class SipFiltersBody(TypedDict):
    """Which registrations a rule is about."""

    lines: list[str]
    """ids, extensions or aliases"""
    events: list[Literal["registered", "unregistered", "refreshed"]]
    """online, offline, and renewed while online"""


class SipRuleBody(TypedDict):
    """A new rule about registrations."""

    name: str
    description: NotRequired[str]
    enabled: NotRequired[bool]
    """false: it matches nothing"""
    options: NotRequired[SipRuleOptionsBody]
    owner: NotRequired[str | None]
    """a person; absent = who calls"""
    notifications: NotRequired[list[EmailActionBody | SmsActionBody | WebhookActionBody]]
    type: Literal["sip"]
    triggers: NotRequired[list[SipTriggerBody]]


class SipRuleOptionsBody(TypedDict):
    """When a rule about registrations speaks."""

    throttle: NotRequired[ThrottleBody | None]
    digest: NotRequired[DigestBody | None]
    max_age: NotRequired[str]
    """events that come later after they happened are not told"""
    urgent: NotRequired[bool]
    """before the messages of broadcasts"""
    hold: NotRequired[HoldBody | None]


class SipTriggerBody(TypedDict):
    """One alternative of a rule about registrations."""

    description: NotRequired[str]
    """history calls it `entity`"""
    filters: SipFiltersBody


SmsActionBody = TypedDict(
    "SmsActionBody",
    {
        "type": "Literal['sms']",
        # false: nothing is sent by it
        "enabled": "NotRequired[bool]",
        # a number of the account that can send texts
        "from": "str",
        # who gets them
        "to": "list[str]",
        # with `%%NAME%%`; empty = the ordinary one
        "text": "NotRequired[str]",
    },
)
"""Texts to 1 to 50 numbers."""


class SmsElement(TypedDict):
    """A text message."""

    recipients: NotRequired[list[str] | None]
    """phone numbers (E.164) or email addresses"""
    recipientList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedRecipients: NotRequired[str | StoreChoice | None]
    """a stored `recipientList`"""
    contacts: NotRequired[list[str] | None]
    """ids of contacts of the call's group"""
    contactList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactList: NotRequired[str | StoreChoice | None]
    """a stored `contactList`"""
    contactSets: NotRequired[list[str] | None]
    """names of sets of the call's group; `all` always exists"""
    contactSetList: NotRequired[str | None]
    """the same in one string, separated by commas"""
    storedContactSetList: NotRequired[str | StoreChoice | None]
    """a stored `contactSetList`"""
    tag: str
    """your own name for this element; it comes back in answers and events"""
    content: NotRequired[str | None]
    """the text; this or `storedContent`"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storedContent: NotRequired[str | StoreChoice | None]
    """a store of this type; this or `content`"""
    linkedAlertModifiers: NotRequired[LinkedAlertModifiers | None]
    timeWindows: NotRequired[list[str] | None]
    """the element is skipped unless one of them is open"""
    alertType: Literal["sms"]
    sender: str
    """a number people can reply to, or a name they cannot"""
    lookups: NotRequired[Lookups | None]


class SmsFiltersBody(TypedDict):
    """Which text messages a rule is about."""

    numbers: NotRequired[list[str] | None]
    """numbers of the event, however written; absent = any"""
    lines: NotRequired[list[str] | None]
    """ids, extensions or aliases; absent = any"""
    users: NotRequired[list[str] | None]
    """whose texts they are; absent = anybody's"""
    directions: NotRequired[list[Literal["incoming", "outgoing"]] | None]
    """absent = both"""
    contains: NotRequired[str | None]
    """a part of the text, whatever its case"""


SmsNotificationResource = TypedDict(
    "SmsNotificationResource",
    {
        # its id, for ever
        "id": "str",
        "type": "Literal['sms']",
        "enabled": "bool",
        # a number of the account
        "from": "str",
        # who gets them
        "to": "list[str]",
        # empty = the ordinary text
        "text": "str",
        # in answers about notifications
        "estimate": "NotRequired[TextEstimateResource]",
    },
)
"""Texts to 1 to 50 numbers."""


class SmsRuleBody(TypedDict):
    """A new rule about text messages."""

    name: str
    description: NotRequired[str]
    enabled: NotRequired[bool]
    """false: it matches nothing"""
    options: NotRequired[RuleOptionsBody]
    owner: NotRequired[str | None]
    """a person; absent = who calls"""
    notifications: NotRequired[list[EmailActionBody | SmsActionBody | WebhookActionBody]]
    type: Literal["sms"]
    triggers: NotRequired[list[SmsTriggerBody]]


class SmsTriggerBody(TypedDict):
    """One alternative of a rule about text messages."""

    description: NotRequired[str]
    """history calls it `entity`"""
    filters: NotRequired[SmsFiltersBody]


class SourceBody(TypedDict):
    """An event source."""

    name: str
    kind: Literal[
        "native", "freeswitch", "asterisk", "yeastar", "twilio", "telnyx", "3cx", "fspbx", "connect", "generic"
    ]
    """the telephone system; it never changes"""
    region: NotRequired[str | None]
    """ISO 3166 country of national numbers; null = only international numbers are read"""
    zone: NotRequired[str]
    """of local times in payloads"""
    internal: NotRequired[list[str]]
    """patterns of extensions, like 2XXX; empty: numbers of 2 to 6 digits"""
    settle_seconds: NotRequired[int]
    """how long a call waits for another leg"""
    refreshes: NotRequired[Literal["auto", "keep", "drop"]]
    """of refreshed registrations: kept if a rule asks for them, always, or never"""
    mapping: NotRequired[dict[str, Any] | None]
    """of the kind `generic`: how its payloads become events"""
    signature: NotRequired[Literal["twilio", "telnyx", "fspbx", "didww"] | None]
    """the vendor that signs requests"""
    signing_keys: NotRequired[list[str]]
    """what it signs with, newest first; read as •••, which keeps it"""
    enabled: NotRequired[bool]
    """a disabled source's requests are refused"""
    expect_every: NotRequired[str]
    """a source that tells nothing for so long counts as silent: a span from 1m to 31d; auto: the span is learnt;
    off: never
    """


class SourceList(TypedDict):
    """All event sources, by id."""

    items: list[SourceResource]
    next_cursor: None


class SourceResource(TypedDict):
    """An event source."""

    id: str
    """its id, for ever"""
    name: str
    kind: Literal[
        "native", "freeswitch", "asterisk", "yeastar", "twilio", "telnyx", "3cx", "fspbx", "connect", "generic"
    ]
    region: str | None
    zone: str
    internal: list[str]
    settle_seconds: int
    refreshes: Literal["auto", "keep", "drop"]
    mapping: dict[str, Any] | None
    signature: Literal["twilio", "telnyx", "fspbx", "didww"] | None
    signing_keys: list[str]
    """••• for each"""
    enabled: bool
    expect_every: str
    """a span, auto or off: when the source counts as silent"""
    url: str
    """where the telephone system sends its events"""
    secrets: int
    """how many secrets are live: two while one replaces the other"""
    version: int
    """grows with each change; `ETag` holds it"""


SpanBody = TypedDict(
    "SpanBody",
    {
        # ISO 8601, included
        "from": "str",
        # ISO 8601, excluded; at most now
        "to": "str",
    },
)
"""Which events are looked at, by when they were received."""


class StageToldResource(TypedDict):
    """A mail about an incident."""

    stage: Literal["told", "day_7", "day_14", "day_21"]
    at: str
    """when it was decided"""
    people: int | None
    """how many were mailed; null while it is under way"""


class StatsAnswer(TypedDict):
    """How much is waiting."""

    eventsWaiting: int
    """result events to be collected"""


class StatusBody(TypedDict):
    """A report of the status of an integration."""

    status: Literal["active", "disabled", "pending", "failed"]
    reason: NotRequired[str | None]
    """why, in one line"""
    time: NotRequired[str | None]
    """since when, with a zone; omitted = now. It orders reports: an older one changes nothing"""


class Step(TypedDict):
    """One step: the alert that is sent if too few people have answered by then."""

    after: str
    """from the step before, the alert itself for the first; 1m to 30d"""
    alert: list[SmsElement | EmailElement | CallElement | InboundCallElement]
    """as the call's own `alert`; contacts and sets are those of the call's group"""


class StopBody(TypedDict):
    """Stop the alert and its escalation."""

    all_clear: NotRequired[bool]
    """send `escalation.onStopped` to everybody who was contacted"""


class StopCondition(TypedDict):
    """How many people must answer, and how."""

    count: Literal["any", "all"] | int
    evidence: NotRequired[Literal["opened", "confirmed", "pressed_in", "wrote", "pressed", "marked"] | None]
    """weaker answers are kept and do not count: `opened` < `confirmed` < `pressed_in` < `wrote` = `pressed` =
    `marked`. Default: `confirmed`, with `clickCounts` `opened`; `opened` only goes with `clickCounts`
    """


class StoreAnswer(TypedDict):
    """At least one entry succeeded."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    content: list[StoreEntryAnswer]
    """in request order"""


class StoreChoice(TypedDict):
    """A store, by id or by name."""

    storeId: NotRequired[str | None]
    """id of the store"""
    storeName: NotRequired[str | None]
    """name of the store"""


class StoreContentBody(TypedDict):
    """Keep content for later calls. It expires unless it is used."""

    clientRef: NotRequired[str | None]
    content: list[TextStore | EmailStore | VoiceStore | ObjectStore]
    """what to store"""
    options: NotRequired[StoreOptions | None]
    """for entries that have none of their own"""


class StoreContentResource(TypedDict):
    """A store, with what it holds, in the form of `/storecontent`."""

    store_id: str
    name: str | None
    tag: str
    content_type: Literal[
        "call", "sms", "email", "inboundCall", "recipientList", "alert", "contactGroup", "contactList", "contactSetList"
    ]
    company: str | None
    """the sub-unit that it belongs to; null: the whole account"""
    created_at: str
    expires_at: str | None
    """when it is removed unless it is used before; null = never"""
    size: int
    """bytes of the content, in UTF-8"""
    content: str | dict[str, Any] | None
    """text, an object if it is an alert or group, or recorded voice in base64; null: over 1 MB"""
    content_encoding: Literal["utf8", "base64", "json"]
    """how `content` is written"""
    fields: dict[str, Any]
    """the other fields of its type. A recording is kept as `wav`, whatever form it came in"""
    seconds: float | None
    """how long a recording is; null: it is none"""


class StoreEntryAnswer(TypedDict):
    """The result of one entry."""

    success: bool
    tag: str | None
    contentType: (
        Literal[
            "call",
            "sms",
            "email",
            "inboundCall",
            "recipientList",
            "alert",
            "contactGroup",
            "contactList",
            "contactSetList",
        ]
        | None
    )
    storeId: str | None
    storeName: str | None
    expirationInDays: NotRequired[int | None]
    """days it lives unused; 0 = for ever"""
    deletedStoreIds: NotRequired[list[str]]
    """when more than one was asked for"""
    failureReason: NotRequired[str]
    failureCode: NotRequired[FaultCode]
    """`IN_USE`: nothing was removed, because something waits for it"""
    waiting: NotRequired[list[WaitingEntry]]
    """why stores were not removed"""
    warnings: NotRequired[list[WarningEntry]]
    """they change nothing of the result"""


class StoreListResource(TypedDict):
    """Stores by their ids. A page may be short while `next_cursor` says that more follows."""

    items: list[StoreResource]
    next_cursor: str | None
    """give it as `cursor` for what follows; null at the end"""


class StoreName(TypedDict):
    """A name to find the store by. An existing store of this name and type is replaced."""

    storeName: str


class StoreOptions(TypedDict):
    """How long a store lives without being used. Needs the right `canSetLifetime`."""

    lifetime: NotRequired[str | None]
    """like 30d; 0d = for ever"""
    expirationInDays: NotRequired[int | None]
    """older form of `lifetime`; 0 = for ever"""


class StoreResource(TypedDict):
    """A store, without what it holds."""

    store_id: str
    name: str | None
    tag: str
    content_type: Literal[
        "call", "sms", "email", "inboundCall", "recipientList", "alert", "contactGroup", "contactList", "contactSetList"
    ]
    company: str | None
    """the sub-unit that it belongs to; null: the whole account"""
    created_at: str
    expires_at: str | None
    """when it is removed unless it is used before; null = never"""


class StoredAlert(TypedDict):
    """A stored alert: a call without version and API key. Its `clientRef` is used if the send has none."""

    alert: list[SmsElement | EmailElement | CallElement | InboundCallElement]
    """one entry per channel and text"""
    title: NotRequired[str | None]
    """what lists show of it; default: the first subject, else the first words of the first text"""
    contactGroup: NotRequired[ContactGroupChoice | None]
    linkedAlerts: NotRequired[LinkedAlerts | None]
    escalation: NotRequired[Escalation | None]
    """who is contacted next if too few people answer"""
    options: NotRequired[SendOptions | None]
    trigger: NotRequired[Trigger | None]
    deferral: NotRequired[Deferral | None]
    version: NotRequired[Literal["latest", "v1", "v1.0"] | None]
    clientRef: NotRequired[str | None]


class StoredAnswer(TypedDict):
    """One store."""

    storeId: str
    storeName: str | None
    tag: str
    type: Literal[
        "call", "sms", "email", "inboundCall", "recipientList", "alert", "contactGroup", "contactList", "contactSetList"
    ]
    expiresUnlessUsed: str | None
    """when; null = never"""


class StoredSendOptions(TypedDict):
    """Options for sending a stored alert."""

    schedule: NotRequired[Schedule | None]


class TargetBody(TypedDict):
    """Where calls to a number go."""

    kind: Literal["line", "group"]
    """what is called"""
    id: str
    """its id"""


class TargetResource(TypedDict):
    """Where calls to a number go."""

    kind: Literal["line", "group"]
    id: str
    """its id, for ever"""


class TemplateChangedResource(TypedDict):
    """Nothing: it is done."""


class TemplateList(TypedDict):
    """The account's own templates, by name."""

    items: list[TemplateResource]


TemplateResource = TypedDict(
    "TemplateResource",
    {
        "from": "str | None",
        "subject": "str | None",
        "body": "str | None",
        "name": "Literal['USER_CREATION', 'QUEUE_CALL_LOST', 'QUEUE_SLA', 'QUEUE_CALLBACK', 'QUEUE_CALLBACK_FAILED', 'VOICEMAIL_RECEIVED', 'CALL_REPORT_COMPLETED', 'DISK_LOW', 'EMERGENCY_CALL', 'LICENSE_LIMITED', 'RECHARGE', 'CONFERENCE_INVITATION', 'TRUNK_CONNECTED', 'TRUNK_DISCONNECTED']",
        "warnings": "list[TemplateWarningResource]",
        "updated_at": "str",
        # id of a person or an API key
        "updated_by": "str",
        # grows with each change; `ETag` holds it
        "version": "int",
    },
)
"""A template of the account's own; null: as in the default."""


class TemplateTestBody(TypedDict):
    """Whom a sample is mailed to."""

    recipient: str


class TemplateWarningResource(TypedDict):
    """A variable that the template does not have; it is sent as it is written."""

    field: Literal["from", "subject", "body"]
    line: int
    variable: str
    suggestion: str | None
    """the variable that may be meant"""


TemplateWordsBody = TypedDict(
    "TemplateWordsBody",
    {
        # display name of the sender
        "from": "NotRequired[str | None]",
        "subject": "NotRequired[str | None]",
        # text, or HTML; HTML if it holds a tag of HTML
        "body": "NotRequired[str | None]",
    },
)
"""Words of a template. What is omitted stays; null goes back to the default."""


class TestMailBody(TypedDict):
    """A test mail."""

    recipient: str
    """one address"""
    subject: str
    content: str
    """plain text"""


class TestMailResource(TypedDict):
    """A test mail that the mail server took."""

    warnings: list[TestMailWarning]


class TestMailWarning(TypedDict):
    """Something beside a test mail that was sent."""

    pointer: str
    code: Literal["SUPPRESSED"]
    message: str


class TextChannelBody(TypedDict):
    """Texts to the person."""

    enabled: NotRequired[bool]
    custom: NotRequired[CustomNumberBody]


class TextChannelResource(TypedDict):
    """Texts to the person."""

    enabled: bool
    custom: CustomNumberResource
    state: Literal["off", "no_number", "own_number", "opted_out", "ready"]
    """whether texts arrive; `no_number`: neither a custom number nor a backup phone; `own_number`: the number is one
    of the account's by now; `opted_out`: the number said STOP, or is blocked
    """


class TextEstimateResource(TypedDict):
    """What the texts of one run come to, by a sample of what fires the rule. An estimate, and no invoice."""

    parts: int
    """segments of a text"""
    price: BacktestCost
    """of the texts to all receivers"""


class TextStore(TypedDict):
    """A text message, or a list in one line, separated by commas."""

    tag: str
    """your own name for this entry; it comes back in the answer"""
    content: str
    """what to keep"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storeDetails: NotRequired[StoreName | None]
    options: NotRequired[StoreOptions | None]
    contentType: Literal["sms", "recipientList", "contactList", "contactSetList"]


class TextToSpeech(TypedDict):
    """How a text is read out."""

    language: NotRequired[str]
    """BCP 47 language tag, in any case: en-GB, en-US, en-AU, en-IE, en-NZ, en-SG, en-ZA, en-IN, en-GB-WLS, cy-GB,
    de-DE, de-AT, de-CH, fr-FR, fr-CA, fr-BE, es-ES, es-MX, es-US, it-IT, pt-PT, pt-BR, nl-NL, nl-BE, pl-PL, da-
    DK, nb-NO, sv-SE, fi-FI, is-IS, ca-ES, cs-CZ, ro-RO, ru-RU, tr-TR, ar-AE, arb, hi-IN, ja-JP, ko-KR, cmn-CN,
    yue-CN. Another region of a language has the first voice of that language, and a warning
    """
    gender: NotRequired[Literal["MALE", "FEMALE", "NEUTRAL"]]
    """a language without such a voice is read out by its other voice, with a warning"""
    enhancedTts: NotRequired[bool]
    """the content is SSML, `<speak>…</speak>`"""


class ThrottleBody(TypedDict):
    """At most `max` matches are told in each window of `per`."""

    max: int
    per: str
    by: NotRequired[Literal["rule", "line", "caller", "number", "group"]]
    """what is counted apart"""


class TimelineEntryResource(TypedDict):
    """One line of the timeline."""

    at: str
    """when it happened"""
    kind: TimelineKind
    step: int | None
    """the step it is about; 0 = the first alert"""
    channel: str | None
    """of the messages it is about"""
    answer_kind: ResponseKind | None
    count: int | None
    """how many messages or people it is about"""
    address: str | None
    contact_id: str | None
    text: str | None
    """what the person wrote, or the note of who marked the person"""
    by: str | None
    """who asked for a step, stopped it or marked an answer, like `key:k1`; else null"""
    reason: Reason | None
    reason_text: str | None
    """the same in words; may change"""


TimelineKind: TypeAlias = Literal[
    "accepted",
    "step",
    "step_without_alert",
    "delivered",
    "not_reached",
    "answered",
    "answer_not_counted",
    "cancelled",
    "acknowledged",
    "exhausted",
    "all_clear",
]
"""Lines of a timeline: `timeline[].kind` of `/alerts/{alert_ref}/incident`."""


class ToggleBody(TypedDict):
    """Notifications to enable or disable together."""

    ids: list[str]
    enabled: bool


class TokenList(TypedDict):
    """All personal tokens of the caller, newest first."""

    items: list[TokenResource]
    next_cursor: None


class TokenResource(TypedDict):
    """A personal token."""

    id: str
    """its id, for ever"""
    name: str
    read_only: bool
    manages_people: bool
    created_at: str
    expires_at: str
    used_at: str | None
    """last use, an hour early at most; null = never"""
    token: NotRequired[str]
    """the token itself, in the answer to its making only"""


class TransferBody(TypedDict):
    """Who gets what a person has."""

    to: str
    """id of another person"""
    confirm: NotRequired[str | None]
    """`confirm` of the 409 that listed what stops"""


class TriedEventResource(TypedDict):
    """An event that a payload would tell."""

    type: str
    id: str
    """the source's id of it"""
    time: str
    data: dict[str, Any]


class TriedPayloadResource(TypedDict):
    """A payload, and what would come of it."""

    payload: dict[str, Any]
    events: list[TriedEventResource]
    without: list[NoEventResource]


class TriedResource(TypedDict):
    """What a body would tell."""

    items: list[TriedPayloadResource]


class Trigger(TypedDict):
    """Keep the alert and send it when a person writes a keyword or answers by a link.  With `storeDetails` a stored
    alert waits instead, and this one is sent now, for example with links that fire it.
    """

    triggers: list[TriggerEntry]
    minimumRepeatInterval: NotRequired[str]
    """least time between two runs"""
    maximumRepeats: NotRequired[int]
    """0 = without end"""
    storeDetails: NotRequired[StoreChoice | None]
    """the stored alert that is fired"""


class TriggerEntry(TypedDict):
    """One keyword that fires the alert."""

    type: Literal["sms", "email", "shortlink"]
    keyword: str
    """in any case; a word of its own in the first 40 characters of a text or a subject, or the `shortlink.reference`
    of a link whose button is pressed
    """
    tag: str
    """comes back in the event `keyword`"""


class TriggerExplained(TypedDict):
    """A trigger; it matches if all its filters do."""

    id: str
    """of the trigger"""
    description: str
    matched: bool
    filters: list[FilterResource]


class TriggerNamed(TypedDict):
    """A trigger by its id and description."""

    id: str
    """of the trigger"""
    description: str


class TryBody(TypedDict):
    """A payload to be mapped: `payload` as JSON, or `body` as the telephone system posts it."""

    payload: NotRequired[dict[str, Any] | None]
    """one payload"""
    body: NotRequired[str | None]
    """JSON, or a form"""
    content_type: NotRequired[str]
    """of `body`"""
    mapping: NotRequired[dict[str, Any] | None]
    """tried in place of the source's own"""


class UserList(TypedDict):
    """A page of people."""

    next_cursor: str | None
    """`cursor` of the next page; null = this is the last"""
    items: list[UserResource]


class UserResource(TypedDict):
    """A person."""

    id: str
    """its id, for ever"""
    email: str
    name: str
    role: str
    """a system role, or the id of a custom role"""
    companies: list[str]
    contacts: list[str]
    """ids of contacts that are linked to the person"""
    billing: bool
    state: Literal["invited", "active", "disabled"]
    """invited: has not signed in or accepted yet"""
    zone: str | None
    backup_phone: str | None
    last_seen_at: str | None
    """when a session of the console was last used"""
    external_id: str | None
    """its id in the system that pushes the directory"""
    version: int
    """grows with each change; `ETag` holds it"""


class VariableResource(TypedDict):
    """A variable of a template."""

    name: str
    about: str
    """where its value comes from; names in backquotes are of the event's data"""
    sample: str


class VoiceStore(TypedDict):
    """Recorded voice, or a text to read out."""

    tag: str
    """your own name for this entry; it comes back in the answer"""
    content: str
    """what to keep"""
    contentEncoding: NotRequired[Literal["base64", "utf8"] | None]
    """how `content` is written; default utf8"""
    storeDetails: NotRequired[StoreName | None]
    options: NotRequired[StoreOptions | None]
    contentType: Literal["call", "inboundCall"]
    voiceFormat: NotRequired[Literal["mp3", "wav", "aiff", "tts"] | None]
    tts: NotRequired[TextToSpeech | None]


class WaitingEntry(TypedDict):
    """What waits for a store."""

    kind: Literal["schedule", "trigger"]
    id: str
    """of the schedule; of a trigger, the store that it sends"""
    storeId: str
    """the store that it needs"""


class WaitingUnderKeyResource(TypedDict):
    """What a disabled key does not send any more."""

    schedules: list[str]
    """scheduled alerts with runs left, the newest 200"""
    triggers: list[str]
    """stored alerts that wait for a keyword, 200 at most"""


WarningCode: TypeAlias = Literal[
    "MANY_SEGMENTS",
    "UNKNOWN_PLACEHOLDER",
    "UNKNOWN_DATE_FORM",
    "DROPPED",
    "OPEN_TO_ANYBODY",
    "IGNORED",
    "OTHER_VOICE",
    "VOICEMAIL_COUNTS",
    "ATTEMPTS_CANNOT_FIT",
    "UNKNOWN_TYPE",
    "SUPPRESSED",
    "LIFETIME_SHORT",
    "CLICKS_COUNT",
]
"""Warnings: `warnings[].code` of an entry of an answer: what was done, and may not be what was meant."""


class WarningEntry(TypedDict):
    """Something that was done, and may not be what was meant."""

    pointer: str
    """JSON pointer into the request"""
    code: WarningCode
    message: str


class WebhookActionBody(TypedDict):
    """A request to a URL: a JSON body with POST and PUT, the same values in the query with GET."""

    type: Literal["webhook"]
    enabled: NotRequired[bool]
    """false: nothing is sent by it"""
    url: str
    method: Literal["POST", "PUT", "GET"]
    headers: NotRequired[list[BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody]]


class WebhookNotificationResource(TypedDict):
    """A request to a URL."""

    id: str
    """its id, for ever"""
    type: Literal["webhook"]
    enabled: bool
    url: str
    """callers who may not edit the rule read `•••` for each value of its query"""
    method: Literal["POST", "PUT", "GET"]
    headers: list[BearerHeaderBody | ApiKeyHeaderBody | BasicHeaderBody | CustomHeaderBody]
    """secrets read `•••`; written back, that keeps them"""
    secret_missing: list[str]
    """what has no value; the webhook is off until it is written"""
    cleared: NotRequired[list[str]]
    """headers whose value went because scheme, host or port changed; the webhook is off"""
