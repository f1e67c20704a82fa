"""Which call of which service sends a message of each channel: the one table of providers that history shows.

Sources: the adapters `sns` and `end_user_messaging` for texts, `ses` for mails, `webhook` for webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class HistoryChannel(StrEnum):
    """Channels of notifications; the values are words of the API."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    WEBHOOK = "WEBHOOK"


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """A call of a provider's API, by the provider's names."""

    service: str
    operation: str


_TEXTS: Final[Mapping[str, ProviderCall]] = {
    "sns": ProviderCall("sns", "Publish"),
    "eum": ProviderCall("sms-voice", "SendTextMessage"),
}
"""By the deployment's `SmsProvider`."""

_MAILS: Final = ProviderCall("ses", "SendEmail")
_FAKED: Final = ProviderCall("sandbox", "none")
_FAKED_ID = "sandbox-"
"""How ids of the faked provider begin, which takes the messages of sandbox keys."""


def provider_call(
    channel: HistoryChannel, sms_provider: str, message_id: str | None = None, method: str = "POST"
) -> ProviderCall:
    """Return the call that sends a message.

    Args:
        sms_provider: `sns` or `eum`.
        message_id: of the provider, if it took the message.
        method: of a webhook.
    """
    if message_id is not None and message_id.startswith(_FAKED_ID):
        return _FAKED
    match channel:
        case HistoryChannel.EMAIL:
            return _MAILS
        case HistoryChannel.SMS:
            return _TEXTS[sms_provider]
        case HistoryChannel.WEBHOOK:
            return ProviderCall("https", method)
