"""SMS by End User Messaging `SendTextMessage`: receipts that carry our id, an expiry, and a price limit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tocsin.adapters.aws.submissions import OPERATOR, Row, begun, permanent, submitted, temporary
from tocsin.delivery.domain.submission import Submission
from tocsin.delivery.ports.senders import OutgoingSms, Wait

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

CONTEXT_KEY = "message"
"""Name of the context entry that every event about the message carries back; its value is `str(MessageId)`."""

_TTL = (5, 259_200)  # seconds SendTextMessage takes
_SPENT = timedelta(minutes=15)

# Codes and reasons: botocore's model of pinpoint-sms-voice-v2 2022-03-31.
_REFUSALS: tuple[Row, ...] = (
    ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", permanent("opted_out")),
    ("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", permanent("not_verified")),
    ("ConflictException", "DESTINATION_COUNTRY_BLOCKED", permanent("country_blocked")),
    ("ConflictException", "DESTINATION_PHONE_NUMBER_BLOCKED", permanent("number_blocked")),
    ("ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND", permanent("sender_not_allowed")),
    ("ConflictException", "NUMBER_CAPABILITIES_MISMATCH", permanent("sender_not_allowed")),
    ("ConflictException", "MESSAGE_TYPE_MISMATCH", permanent("sender_not_allowed")),
    ("ConflictException", "", temporary("provider_misconfigured", OPERATOR)),
    ("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT", temporary("spending_limit", _SPENT)),
    ("ServiceQuotaExceededException", "DAILY_", temporary("daily_limit", _SPENT)),
    ("ServiceQuotaExceededException", "", temporary("throttled")),
    ("AccessDeniedException", "ACCOUNT_DISABLED", temporary("account_disabled", _SPENT)),
    ("AccessDeniedException", "INSUFFICIENT_ACCOUNT_REPUTATION", temporary("account_disabled", _SPENT)),
    ("ResourceNotFoundException", "sender-id", permanent("sender_not_allowed")),
    ("ResourceNotFoundException", "phone-number", permanent("sender_not_allowed")),
    ("ResourceNotFoundException", "", temporary("provider_misconfigured", OPERATOR)),
    ("ValidationException", "DESTINATION_COUNTRY_BLOCKED", permanent("country_blocked")),
    ("ValidationException", "COUNTRY_NOT_ENABLED", permanent("country_blocked")),
    ("ValidationException", "INTERNATIONAL_SENDING_NOT_SUPPORTED", permanent("country_blocked")),
    ("ValidationException", "COUNTRY_CODE_MISMATCH", permanent("invalid_number")),
    ("ValidationException", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", permanent("sender_not_allowed")),
    ("ValidationException", "SENDER_ID", permanent("sender_not_allowed")),
    ("ValidationException", "PRICE_OVER_THRESHOLD", permanent("too_expensive")),
    ("ValidationException", "MAXIMUM_SIZE_EXCEEDED", permanent("message_too_long")),
    ("ValidationException", "DestinationPhoneNumber", permanent("invalid_number")),
    ("ValidationException", "OriginationIdentity", permanent("sender_not_allowed")),
    ("ValidationException", "", permanent("invalid_request")),
)


class EumSmsSender:
    """Sends through End User Messaging. The client must make one try only: the API has no idempotency token.

    Args:
        configuration_set: where the service publishes its events; without one there are no receipts.
        max_price: US dollars one message may cost, like "0.50".
    """

    def __init__(
        self, client: PinpointSMSVoiceV2Client, configuration_set: str | None, max_price: str | None = None
    ) -> None:
        self._client = client
        self._fixed: dict[str, Any] = {"MessageType": "TRANSACTIONAL"}
        if configuration_set is not None:
            self._fixed["ConfigurationSetName"] = configuration_set
        if max_price is not None:
            self._fixed["MaxPrice"] = max_price

    def send(self, message: OutgoingSms) -> Submission:
        """Submit the message. The network drops it when the alert has expired (after five seconds at the earliest)."""
        return submitted(lambda: self._client.send_text_message(**self._parameters(message)), _REFUSALS)

    def begin(self, message: OutgoingSms) -> Wait | None:
        """Submit the message as `send` does, without waiting."""
        return begun(self._client, "send_text_message", self._parameters(message), _REFUSALS)

    def _parameters(self, message: OutgoingSms) -> dict[str, Any]:
        left = int(message.expires_in.total_seconds())
        return {
            "DestinationPhoneNumber": message.to,
            "OriginationIdentity": message.sender,
            "MessageBody": message.text,
            "TimeToLive": min(max(left, _TTL[0]), _TTL[1]),
            "Context": {CONTEXT_KEY: str(message.id)},
            **self._fixed,
        }
