"""SMS by End User Messaging `SendTextMessage`: receipts that carry our id, an expiry, and a price limit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tocsin.adapters.aws.submissions import OPERATOR, Row, for_good, for_now, submitted
from tocsin.delivery.domain.submission import Submission
from tocsin.delivery.ports.senders import OutgoingSms

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

CONTEXT_KEY = "message"
"""Name of the context entry that every event about the message carries back; its value is `str(MessageId)`."""

_TTL = (5, 259_200)  # seconds SendTextMessage takes
_SPENT = timedelta(minutes=15)

# Codes and reasons: botocore's model of pinpoint-sms-voice-v2 2022-03-31.
_REFUSALS: tuple[Row, ...] = (
    ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", for_good("opted_out")),
    ("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", for_good("not_verified")),
    ("ConflictException", "DESTINATION_COUNTRY_BLOCKED", for_good("country_blocked")),
    ("ConflictException", "DESTINATION_PHONE_NUMBER_BLOCKED", for_good("number_blocked")),
    ("ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND", for_good("sender_not_allowed")),
    ("ConflictException", "NUMBER_CAPABILITIES_MISMATCH", for_good("sender_not_allowed")),
    ("ConflictException", "MESSAGE_TYPE_MISMATCH", for_good("sender_not_allowed")),
    ("ConflictException", "", for_now("provider_misconfigured", OPERATOR)),
    ("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT", for_now("spending_limit", _SPENT)),
    ("ServiceQuotaExceededException", "DAILY_", for_now("daily_limit", _SPENT)),
    ("ServiceQuotaExceededException", "", for_now("throttled")),
    ("AccessDeniedException", "ACCOUNT_DISABLED", for_now("account_disabled", _SPENT)),
    ("AccessDeniedException", "INSUFFICIENT_ACCOUNT_REPUTATION", for_now("account_disabled", _SPENT)),
    ("ResourceNotFoundException", "sender-id", for_good("sender_not_allowed")),
    ("ResourceNotFoundException", "phone-number", for_good("sender_not_allowed")),
    ("ResourceNotFoundException", "", for_now("provider_misconfigured", OPERATOR)),
    ("ValidationException", "DESTINATION_COUNTRY_BLOCKED", for_good("country_blocked")),
    ("ValidationException", "COUNTRY_NOT_ENABLED", for_good("country_blocked")),
    ("ValidationException", "INTERNATIONAL_SENDING_NOT_SUPPORTED", for_good("country_blocked")),
    ("ValidationException", "COUNTRY_CODE_MISMATCH", for_good("invalid_number")),
    ("ValidationException", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", for_good("sender_not_allowed")),
    ("ValidationException", "SENDER_ID", for_good("sender_not_allowed")),
    ("ValidationException", "PRICE_OVER_THRESHOLD", for_good("too_expensive")),
    ("ValidationException", "MAXIMUM_SIZE_EXCEEDED", for_good("message_too_long")),
    ("ValidationException", "DestinationPhoneNumber", for_good("invalid_number")),
    ("ValidationException", "OriginationIdentity", for_good("sender_not_allowed")),
    ("ValidationException", "", for_good("invalid_request")),
)


class EumSmsSender:
    """Sends through End User Messaging. The client must make one try only: there is no idempotency token.

    Args:
        configuration_set: where the service publishes its events; without one no receipt ever comes.
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
        """Hand it over; the network drops it when the alert is over (but not within the first five seconds)."""
        left = int(message.expires_in.total_seconds())
        return submitted(
            lambda: self._client.send_text_message(
                DestinationPhoneNumber=message.to,
                OriginationIdentity=message.sender,
                MessageBody=message.text,
                TimeToLive=min(max(left, _TTL[0]), _TTL[1]),
                Context={CONTEXT_KEY: str(message.id)},
                **self._fixed,
            ),
            _REFUSALS,
        )
