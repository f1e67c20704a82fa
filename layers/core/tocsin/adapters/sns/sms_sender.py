"""SMS by SNS `Publish`: works without set-up, but has no receipts, no replies and no expiry.

SNS can report deliveries to a log group only; for receipts use End User Messaging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.adapters.aws.submissions import Row, begun, permanent, submitted, temporary
from tocsin.delivery.domain.submission import Submission
from tocsin.delivery.ports.senders import OutgoingSms, Wait

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# Codes: botocore's model of SNS 2010-03-31. The words: SNS names the parameter or the cause in its message only.
_REFUSALS: tuple[Row, ...] = (
    ("OptedOut", "", permanent("opted_out")),
    ("InvalidParameter", "opted out", permanent("opted_out")),
    ("InvalidParameter", "sms.senderid", permanent("sender_not_allowed")),
    ("InvalidParameter", "originationnumber", permanent("sender_not_allowed")),
    ("InvalidParameter", "phone", permanent("invalid_number")),
    ("InvalidParameter", "too long", permanent("message_too_long")),
    ("InvalidParameter", "", permanent("invalid_request")),
    ("InvalidParameterValue", "", permanent("invalid_request")),
    ("ParameterValueInvalid", "", permanent("invalid_request")),
    ("ValidationError", "", permanent("invalid_request")),
    ("ValidationException", "", permanent("invalid_request")),
    ("UserError", "", permanent("not_verified")),  # the account is in the SMS sandbox, and the number is not verified
    ("NotFound", "", permanent("invalid_request")),
    ("EndpointDisabled", "", permanent("invalid_request")),
    ("PlatformApplicationDisabled", "", permanent("invalid_request")),
    ("KMSThrottling", "", temporary("throttled")),
)


class SnsSmsSender:
    """Sends through SNS. The client must make one try only: `Publish` has no idempotency token.

    Args:
        max_price: US dollars one message may cost, e.g. "0.50"; None leaves the account's own limit.
    """

    def __init__(self, sns: SNSClient, max_price: str | None = None) -> None:
        self._sns = sns
        self._max_price = max_price

    def send(self, message: OutgoingSms) -> Submission:
        """Submit the message. SNS has no expiry, so `expires_in` is not passed on."""
        return submitted(lambda: self._sns.publish(**self._parameters(message)), _REFUSALS)

    def begin(self, message: OutgoingSms) -> Wait | None:
        """Submit the message as `send` does, without waiting."""
        return begun(self._sns, "publish", self._parameters(message), _REFUSALS)

    def _parameters(self, message: OutgoingSms) -> dict[str, Any]:
        by_number = message.sender.startswith("+")
        attributes: dict[str, Any] = {
            "AWS.SNS.SMS.SMSType": _text("Transactional"),
            "AWS.MM.SMS.OriginationNumber" if by_number else "AWS.SNS.SMS.SenderID": _text(message.sender),
        }
        if self._max_price is not None:
            attributes["AWS.SNS.SMS.MaxPrice"] = {"DataType": "Number", "StringValue": self._max_price}
        return {"PhoneNumber": message.to, "Message": message.text, "MessageAttributes": attributes}


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
