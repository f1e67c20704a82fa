"""`/setinfo`: what a client changes of its own key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from alerts_api.schemas.callbacks import CallbackChangeBody
from alerts_api.schemas.send_alert import ApiKeyField
from tocsin.client_api.application.set_info import UNCHANGED, InfoChange
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.words import ClientRef, Name, Version
from tocsin.entrypoint.http.wire import WireModel
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault

_CALLBACK = "callback"

_SETTINGS = {
    "apiKeyFriendlyName",
    "defaultNotification",
    "defaultNotificationFormat",
    "defaultCallbackUrl",
    "transliterate",
    "ownerEmail",
}


class SetInfoBody(WireModel):
    """Change the name and the defaults of your own key. What it may do, only an operator changes."""

    version: Version
    api_key: ApiKeyField = None
    client_ref: ClientRef | None = None
    api_key_friendly_name: Annotated[Name | None, Field(description="what people call the key")] = None
    default_notification: Annotated[
        Literal["poll", "callback", "none"] | None, Field(description="how results are told when a call does not say")
    ] = None
    default_notification_format: Annotated[
        Literal["json", "form"] | None, Field(description="how callbacks are encoded when a call does not say")
    ] = None
    default_callback_url: Annotated[
        str | None,
        Field(
            max_length=limits.URL_CHARACTERS, description="where callbacks go when a call does not say; null removes"
        ),
    ] = None
    transliterate: Annotated[
        bool | None, Field(description="put text messages into the GSM alphabet, which makes them shorter")
    ] = None
    owner_email: Annotated[
        str | None,
        Field(
            max_length=limits.EMAIL_CHARACTERS,
            description="who is mailed when callbacks fail or a brake stops the account; null removes",
        ),
    ] = None
    callback: Annotated[
        CallbackChangeBody | None, Field(description="a new signing secret, on or off, once more what failed")
    ] = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Something must change."""
        if not (_SETTINGS | {_CALLBACK}) & raw.keys():
            names = ", ".join(f"`{name}`" for name in sorted(_SETTINGS | {_CALLBACK}))
            yield Fault("", "REQUIRED", f"give at least one of {names}")

    def change(self) -> InfoChange | None:
        """Return the change as the use case takes it, None if no setting is spoken of."""
        if not self.model_fields_set - {"version", "api_key", "client_ref", "callback"}:
            return None
        return InfoChange(
            name=self.api_key_friendly_name,
            notification=NotificationMode(self.default_notification) if self.default_notification else None,
            callback_encoding=self.default_notification_format,
            callback_url=self.default_callback_url if "default_callback_url" in self.model_fields_set else UNCHANGED,
            transliterate=self.transliterate,
            owner_email=self.owner_email if "owner_email" in self.model_fields_set else UNCHANGED,
        )
