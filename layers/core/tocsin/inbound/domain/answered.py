"""What a mail says in answer."""

from __future__ import annotations

from typing import Any

from tocsin.inbound.domain.mail import InboundMail
from tocsin.responses.domain.reply_event import shortened
from tocsin.triggers.domain.keyword import subject_words


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
