"""The mailboxes: what arrived is kept for a person to read, and SES tells what became of it."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from queue import Empty, SimpleQueue
from typing import Any

from infra.local.aws import Aws
from infra.local.outside.answers import INBOUND, mail_answer, mail_id
from infra.local.outside.fates import mail_outcome
from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.topics import publish
from infra.local.provider_events import ses_event
from infra.local.whole_mails import CONFIGURATION_SET, TAGS


class Mailboxes:
    """Keeps mails that arrived and reports on them by SES. Mails that arrive before somebody `works` wait."""

    def __init__(self, folder: MailFolder) -> None:
        self.folder = folder
        self._arrived: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    def arrive(self, receivers: Sequence[str], mail: bytes) -> None:
        """Keep a mail for each receiver. Called from any thread."""
        for to in receivers:
            self.folder.keep(to, mail, datetime.now(UTC))
            self._arrived.put((to, mail))

    def work(self, aws: Aws, outputs: Mapping[str, str]) -> None:
        """Tell what became of what has arrived since. One thread at a time."""
        publish(aws, outputs["EmailEventsTopicArn"], self._events(aws, outputs))

    def _events(self, aws: Aws, outputs: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        while True:
            try:
                to, mail = self._arrived.get_nowait()
            except Empty:
                return
            yield from self._fate(aws, outputs, to, mail)

    def _fate(self, aws: Aws, outputs: Mapping[str, str], to: str, mail: bytes) -> Iterator[Mapping[str, Any]]:
        """Yield what SES tells about a mail; answer it, if a machine does."""
        headers = BytesHeaderParser(policy=email.policy.compat32).parsebytes(mail)
        if not headers.get(CONFIGURATION_SET):
            return  # as on AWS: nobody has said where it is to be told
        message = our_id(mail)
        fate = mail_outcome(to)
        for event in fate.events:
            id = str(headers.get("Message-ID", "")).strip("<>").partition("@")[0]
            yield ses_event(
                event.kind,
                message,
                to,
                datetime.now(UTC),
                type=event.type,
                subtype=event.subtype,
                provider_id=id,
            )
        if fate.answer:
            put_answer(aws, outputs, mail_answer(mail, to, fate.answer, datetime.now(UTC), automatic=True))


def put_answer(aws: Aws, outputs: Mapping[str, str], answer: bytes) -> None:
    """Put a mail where our mail server puts what comes in."""
    aws.client("s3").put_object(Bucket=outputs["MailBucketName"], Key=f"{INBOUND}{mail_id()}", Body=answer)


def our_id(mail: bytes) -> str | None:
    """Return our id of the try, from the tags of a mail that has arrived."""
    headers = BytesHeaderParser(policy=email.policy.compat32).parsebytes(mail)
    tags = dict(tag.strip().partition("=")[::2] for tag in str(headers.get(TAGS, "")).split(","))
    return tags["message"].replace("_", ".") if "message" in tags else None
