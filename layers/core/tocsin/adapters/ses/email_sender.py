"""Email by SES v2 `SendEmail`, as raw MIME."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tocsin.adapters.aws.submissions import OPERATOR, Row, permanent, submitted, temporary
from tocsin.delivery.domain.submission import Submission
from tocsin.delivery.ports.senders import OutgoingEmail

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

TAG = "message"
"""Name of the tag that every SES event about the mail carries back; see `tag_value`."""

_QUOTA = timedelta(minutes=15)

# Codes: botocore's model of SES v2 2019-09-27. The words: SES distinguishes these cases in its message only.
_REFUSALS: tuple[Row, ...] = (
    ("TooManyRequestsException", "quota", temporary("daily_limit", _QUOTA)),
    ("LimitExceededException", "quota", temporary("daily_limit", _QUOTA)),
    ("MessageRejected", "not verified", permanent("not_verified")),
    ("MessageRejected", "", permanent("rejected")),
    ("AccountSuspendedException", "", permanent("account_disabled")),  # "permanently restricted"
    ("SendingPausedException", "", temporary("account_disabled", OPERATOR)),
    ("MailFromDomainNotVerifiedException", "", temporary("provider_misconfigured", OPERATOR)),
    ("NotFoundException", "", temporary("provider_misconfigured", OPERATOR)),  # the configuration set
    ("BadRequestException", "configuration set", temporary("provider_misconfigured", OPERATOR)),
    ("BadRequestException", "domain", permanent("invalid_address")),
    ("BadRequestException", "address", permanent("invalid_address")),
    ("BadRequestException", "", permanent("invalid_request")),
)


def tag_value(message_id: str) -> str:
    """Return the id as a tag: SES takes letters, digits, "-" and "_" there, and no id holds a "_"."""
    return message_id.replace(".", "_")


class SesEmailSender:
    """Sends through SES. The client must make one try only: `SendEmail` has no idempotency token.

    Args:
        configuration_set: where SES publishes its events; without one there are no receipts.
    """

    def __init__(self, sesv2: SESV2Client, configuration_set: str | None) -> None:
        self._sesv2 = sesv2
        self._fixed: dict[str, Any] = {}
        if configuration_set is not None:
            self._fixed["ConfigurationSetName"] = configuration_set

    def send(self, message: OutgoingEmail) -> Submission:
        """Submit the message. `message.to` is the only envelope receiver; SES adds its own Message-ID."""
        return submitted(
            lambda: self._sesv2.send_email(
                FromEmailAddress=message.sender,
                Destination={"ToAddresses": [message.to]},
                Content={"Raw": {"Data": message.mime}},
                EmailTags=[{"Name": TAG, "Value": tag_value(str(message.id))}],
                **self._fixed,
            ),
            _REFUSALS,
        )
