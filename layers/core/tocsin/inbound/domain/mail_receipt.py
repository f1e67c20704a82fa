"""What the mail service itself recorded when it received a mail. No sender can write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RECORD_GRACE = timedelta(seconds=30)
"""How long a mail waits for its record. After that it is processed without verdicts."""

RECORD_ACCEPTED = timedelta(hours=24)
"""How long after the mail its record may come and still change what the mail did."""


class Verdict(StrEnum):
    """A result of a check of the mail service. Only PASS is a pass.

    Source: Amazon SES, "Contents of notifications for Amazon SES email receiving".
    """

    PASS = "PASS"  # noqa: S105 - a result, no secret
    FAIL = "FAIL"
    GRAY = "GRAY"  # nothing to check: no SPF record, no signature, no DMARC policy
    PROCESSING_FAILED = "PROCESSING_FAILED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class MailReceipt:
    """The record of one received mail.

    Attributes:
        message_id: the mail service's id of the mail.
        bucket, key: the object with the mail.
        received_at: when the mail service received the mail.
        source: envelope sender (MAIL FROM), "" for bounces.
        recipients: envelope recipients (RCPT TO) of our domain.
        spf: of `source`.
        dkim: PASS if any signature is valid, of any domain.
        dmarc: of the domain in From.
        dmarc_policy: what that domain asks for if DMARC fails: none, quarantine, reject; None if it did not fail.
    """

    message_id: str
    bucket: str
    key: str
    received_at: datetime
    source: str
    recipients: Sequence[str]
    spf: Verdict
    dkim: Verdict
    dmarc: Verdict
    dmarc_policy: str | None = None

    @property
    def verdicts(self) -> Mapping[str, str]:
        """The three results as the API shows them: `spf`, `dkim` and `dmarc` to `pass`, `fail`, `gray` and so on."""
        return {"spf": self.spf.lower(), "dkim": self.dkim.lower(), "dmarc": self.dmarc.lower()}
