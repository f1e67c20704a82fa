"""Requests of `/getinfo` and `/setinfo`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from alerts_api.schemas.callbacks import CallbackChangeBody, CallbackOptions
from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.client_api.application.set_info import UNCHANGED, InfoChange
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.words import ClientRef, Name, Version
from tocsin.entrypoint.http.wire import WireModel
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault
from tocsin.notices.domain.account_notice import Category, NoticeQuery, Severity
from tocsin.short_links.domain.redirect import with_plain_scheme
from tocsin.webhooks.application.read_callbacks import DeliveriesWanted


class MessageOptions(WireModel):
    """Which messages to return."""

    earliest_first: Annotated[bool, Field(description="oldest first instead of newest first")] = False
    unreported_only: Annotated[bool, Field(description="only those no earlier call has marked")] = False
    mark_reported: Annotated[
        bool, Field(description="mark what is returned; with `unreportedOnly` each message is returned once")
    ] = False
    maximum_messages: Annotated[int, Field(ge=1, le=limits.MESSAGES_PER_CALL)] = 10
    severity: Literal["error", "warning", "notice", "info"] | None = None
    category: Literal["api", "general", "callback"] | None = None

    def query(self) -> NoticeQuery:
        """Return the options as the use case takes them."""
        return NoticeQuery(
            self.maximum_messages,
            self.earliest_first,
            self.unreported_only,
            self.mark_reported,
            Severity(self.severity) if self.severity else None,
            Category(self.category) if self.category else None,
        )


class GetInfoBody(WireModel):
    """Ask about your own key."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    get_capacity_info: Annotated[bool, Field(description="what is left per channel")] = False
    get_stored_content_info: Annotated[bool, Field(description="your stores")] = False
    get_scheduled_alert_info: Annotated[bool, Field(description="your scheduled alerts")] = False
    get_keyword_info: Annotated[
        bool, Field(description="keywords that fire stored alerts, and where to write them")
    ] = False
    get_sending_limit_info: Annotated[
        bool, Field(description="where you may send to, how much, and what is paused")
    ] = False
    get_limit_info: Annotated[bool, Field(description="how large one call may be")] = False
    get_stats: Annotated[bool, Field(description="how much waits for you")] = False
    get_messages: Annotated[bool, Field(description="account notices: failed callbacks, exceeded limits …")] = False
    get_callback_info: Annotated[bool, Field(description="your callback endpoints and their health")] = False
    callback_options: Annotated[
        CallbackOptions | None, Field(description="with `getCallbackInfo`: deliveries to one endpoint, newest first")
    ] = None
    message_options: Annotated[MessageOptions | None, Field(description="with `getMessages`")] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Options need the section they belong to."""
        if raw.get("messageOptions") is not None and raw.get("getMessages") is not True:
            yield Fault("/messageOptions", "CONFLICT", "needs `getMessages: true`")
        if raw.get("callbackOptions") is not None and raw.get("getCallbackInfo") is not True:
            yield Fault("/callbackOptions", "CONFLICT", "needs `getCallbackInfo: true`")

    def messages_wanted(self) -> NoticeQuery:
        """Return which messages are asked for, if any are."""
        return (self.message_options or MessageOptions()).query()

    def deliveries_wanted(self) -> DeliveriesWanted | None:
        """Return which deliveries of callbacks are asked for."""
        return self.callback_options.wanted() if self.callback_options else None


_CALLBACK = "callback"

_SETTINGS = {
    "apiKeyFriendlyName",
    "defaultNotification",
    "defaultNotificationFormat",
    "defaultCallbackUrl",
    "transliterate",
    "ownerEmail",
    "clickCounts",
}


class SetInfoBody(WireModel):
    """Change the name and the defaults of your own key. Only an operator changes its rights."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    api_key_friendly_name: Annotated[Name | None, Field(description="display name of the key")] = None
    default_notification: Annotated[
        Literal["poll", "callback", "bus", "none"] | None,
        Field(description="default of `options.notification`; `bus` needs the right `canUseBus`"),
    ] = None
    default_notification_format: Annotated[
        Literal["json", "form"] | None, Field(description="default encoding of callbacks")
    ] = None
    default_callback_url: Annotated[
        Annotated[str, AfterValidator(with_plain_scheme)] | None,
        Field(
            max_length=limits.URL_CHARACTERS, description="where callbacks go when a call does not say; null removes"
        ),
    ] = None
    transliterate: Annotated[
        bool | None, Field(description="convert text messages to the GSM 7-bit alphabet: they have fewer segments")
    ] = None
    owner_email: Annotated[
        str | None,
        Field(
            max_length=limits.EMAIL_CHARACTERS,
            description="owner address for mails about failed callbacks and exceeded sending limits; null removes",
        ),
    ] = None
    click_counts: Annotated[
        bool | None,
        Field(
            description="default of `options.clickCounts`: visits to short links that look human count as answers. "
            "Machines visit links too and can then end an escalation"
        ),
    ] = None
    callback: Annotated[
        CallbackChangeBody | None, Field(description="make a new signing secret, enable, disable, deliver again")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """The body has at least one change."""
        if not (_SETTINGS | {_CALLBACK}) & raw.keys():
            names = ", ".join(f"`{name}`" for name in sorted(_SETTINGS | {_CALLBACK}))
            yield Fault("", "REQUIRED", f"give at least one of {names}")

    def change(self) -> InfoChange | None:
        """Return the change as the use case takes it, None if it has no setting."""
        if not self.model_fields_set - {"version", "api_key", "client_ref", "callback"}:
            return None
        return InfoChange(
            name=self.api_key_friendly_name,
            notification=NotificationMode(self.default_notification) if self.default_notification else None,
            callback_encoding=self.default_notification_format,
            callback_url=self.default_callback_url if "default_callback_url" in self.model_fields_set else UNCHANGED,
            transliterate=self.transliterate,
            owner_email=self.owner_email if "owner_email" in self.model_fields_set else UNCHANGED,
            click_counts=self.click_counts,
        )
