"""The simulated mailboxes: store delivered mails in a folder, and publish SES's events about them."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from queue import Empty, SimpleQueue
from typing import Any

from infra.local.aws import Aws
from infra.local.ministack.whole_mails import CONFIGURATION_SET, TAGS
from infra.local.outside.answers import INBOUND, Envelope, mail_answer, mail_id, received_mail
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.outcomes import MailEvent, mail_outcome
from infra.local.outside.topics import publish
from infra.local.provider_events import ses_event


class Mailboxes:
    """Stores delivered mails and publishes SES's events. Events of earlier mails are published by the next `work`."""

    def __init__(self, folder: MailFolder) -> None:
        self.folder = folder
        self._arrived: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    def arrive(self, receivers: Sequence[str], mail: bytes) -> None:
        """Store a mail for each receiver. Safe for several threads."""
        for to in receivers:
            self.folder.keep(to, mail, datetime.now(UTC))
            self._arrived.put((to, mail))

    def work(self, aws: Aws, outputs: Mapping[str, str]) -> None:
        """Publish the events of all mails since the last call. For one thread at a time."""
        publish(aws, outputs["EmailEventsTopicArn"], self._events(aws, outputs))

    def _events(self, aws: Aws, outputs: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        while True:
            try:
                to, mail = self._arrived.get_nowait()
            except Empty:
                return
            yield from self._report(aws, outputs, to, mail)

    def _report(self, aws: Aws, outputs: Mapping[str, str], to: str, mail: bytes) -> Iterator[Mapping[str, Any]]:
        """Yield SES's events about a mail; send the automatic reply, if the mailbox has one."""
        headers = BytesHeaderParser(policy=email.policy.compat32).parsebytes(mail)
        if not headers.get(CONFIGURATION_SET):
            return  # as on AWS: without a configuration set, SES publishes no events
        outcome = mail_outcome(to)
        yield from (mail_event(mail, to, event) for event in outcome.events)
        if outcome.answer:
            put_answer(aws, outputs, mail_answer(mail, to, outcome.answer, datetime.now(UTC), automatic=True))


def mail_event(mail: bytes, to: str, event: MailEvent) -> Mapping[str, Any]:
    """Return an event of SES about a delivered mail."""
    id = str(BytesHeaderParser(policy=email.policy.compat32).parsebytes(mail).get("Message-ID", ""))
    provider_id = id.strip("<>").partition("@")[0]
    return ses_event(
        event.kind, our_id(mail), to, datetime.now(UTC), type=event.type, subtype=event.subtype, provider_id=provider_id
    )


def put_answer(aws: Aws, outputs: Mapping[str, str], answer: bytes, envelope: Envelope | None = None) -> None:
    """Store an inbound mail in the bucket and publish the record of it, as SES does.

    Args:
        envelope: None: everything passed for the sender.
    """
    bucket, key = outputs["MailBucketName"], f"{INBOUND}{mail_id()}"
    sender = str(BytesHeaderParser(policy=email.policy.compat32).parsebytes(answer).get("From", ""))
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=answer)
    record = received_mail(bucket, key, datetime.now(UTC), envelope or Envelope(sender))
    publish(aws, outputs["MailReceivedTopicArn"], [record])


def our_id(mail: bytes) -> str | None:
    """Return our id of the try from the tags of a delivered mail, None without the tag."""
    headers = BytesHeaderParser(policy=email.policy.compat32).parsebytes(mail)
    tags = dict(tag.strip().partition("=")[::2] for tag in str(headers.get(TAGS, "")).split(","))
    return tags["message"].replace("_", ".") if "message" in tags else None
