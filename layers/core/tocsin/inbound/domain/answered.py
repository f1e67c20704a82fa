"""What a mail says, in answer to a message or to a trigger mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin.alerts.domain.response_kind import Evidence
from tocsin.inbound.domain.mail import InboundMail
from tocsin.responses.domain.reply_event import shortened, wire_text
from tocsin.results.domain.result_event import NO_ALERT, ResultEvent, event_id
from tocsin.results.domain.uncounted import UncountedReason, event_details
from tocsin.triggers.domain.keyword import subject_words
from tocsin.triggers.domain.trigger import TriggerRun


def answered(mail: InboundMail, *, subject_is_ours: bool) -> tuple[str, dict[str, Any]]:
    """Return what a mail says, and the details about it. "" is for a mail that says nothing.

    If the mail has no text, its subject without prefixes and references is what it says.

    Args:
        subject_is_ours: the subject is that of the mail it answers.
    """
    if not mail.own.text:
        return shortened("" if subject_is_ours else subject_words(mail.subject))
    text, details = shortened(mail.own.text)
    return text, details if mail.own.trimmed else {**details, "trimmed": False}


def unproven_keyword(refused: TriggerRun, said: str, details: Mapping[str, Any]) -> ResultEvent:
    """Return the event about a mail to a trigger mailbox whose sender is not believed. It belongs to no alert.

    Args:
        said, details: see `answered`.
    """
    reply, encoding = wire_text(said)
    reason = UncountedReason.SENDER_NOT_BELIEVED
    return ResultEvent(
        event_id=event_id(refused.tenant, "trigger", refused.id),
        client_ref=refused.client_ref or "",
        alert=NO_ALERT,
        channel=refused.channel,
        tag=refused.word.tag,
        event="reply",
        alertee=refused.alerter,
        contact_id=None,
        whence=refused.at,
        reason=reason,
        details={
            "reply": reply,
            "replyEncoding": encoding,
            **details,
            **event_details(Evidence.WROTE, reason),
            "sender_believed": False,
            "keyword": refused.word.keyword,
            "storeId": refused.store_id,
        },
    )
