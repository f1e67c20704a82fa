"""Which call of which provider sends a message of each channel: the one table of providers that people are shown.

Sources: the adapters `sns` and `end_user_messaging` for texts, `ses` for mails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tocsin.contacts.domain.channel import Channel


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


def provider_call(channel: Channel, sms_provider: str, message_id: str | None = None) -> ProviderCall:
    """Return the call that sends a mail or a text.

    Args:
        sms_provider: `sns` or `eum`.
        message_id: of the provider, if it took the message.
    """
    if message_id is not None and message_id.startswith(_FAKED_ID):
        return _FAKED
    return _TEXTS[sms_provider] if channel is Channel.SMS else _MAILS
