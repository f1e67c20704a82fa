"""Whether a response counts, and why not: stable words, each with a sentence and a remedy, as in `Code`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tocsin.alerts.domain.response_kind import Evidence


class UncountedReason(StrEnum):
    """Why a response is kept and does not count as the answer of its receiver."""

    UNMATCHED = "unmatched"
    DECLINED = "declined"
    CARRIER_KEYWORD = "carrier_keyword"
    UNREADABLE = "unreadable"
    SENDER_NOT_BELIEVED = "sender_not_believed"
    EMPTY = "empty"
    AUTOMATIC_REPORT = "automatic_report"
    AUTOMATIC_EMPTY_RETURN_PATH = "automatic_empty_return_path"
    AUTOMATIC_AUTO_SUBMITTED = "automatic_auto_submitted"
    AUTOMATIC_HEADER = "automatic_header"
    AUTOMATIC_SENDER = "automatic_sender"
    AUTOMATIC_SUBJECT = "automatic_subject"
    AUTOMATIC_TEXT = "automatic_text"
    AUTOMATIC_PHONE_AUTO_TEXT = "automatic_phone_auto_text"
    AUTOMATIC_VISIT = "automatic_visit"
    EVIDENCE_TOO_WEAK = "evidence_too_weak"
    AFTER_THE_END = "after_the_end"


_NOTHING = "nothing; `reply` has what was written, and an escalation goes on"

UNCOUNTED: Mapping[str, tuple[str, str]] = {
    UncountedReason.UNMATCHED: (
        "the response may be to another alert, or to no message of ours",
        "read the response; send from one number to one person at a time",
    ),
    UncountedReason.DECLINED: (
        "the reaction dislikes the message, or takes a reaction back",
        "ask the person",
    ),
    UncountedReason.CARRIER_KEYWORD: (
        "the text was a word for the carriers' rules: stop, start or help",
        "respect a stop; else nothing",
    ),
    UncountedReason.UNREADABLE: (
        "the mail could not be read within the limits",
        "ask the person to write plain text",
    ),
    UncountedReason.SENDER_NOT_BELIEVED: (
        "the mail service could not prove who sent the mail",
        "let the sender's domain pass DMARC, or SPF or DKIM of the same domain",
    ),
    UncountedReason.EMPTY: ("the answer has no words", "ask the person again"),
    UncountedReason.AUTOMATIC_REPORT: ("a mail server reported on the delivery of a mail", _NOTHING),
    UncountedReason.AUTOMATIC_EMPTY_RETURN_PATH: ("a machine answered: the mail takes no answer itself", _NOTHING),
    UncountedReason.AUTOMATIC_AUTO_SUBMITTED: (
        "a machine answered: the header `Auto-Submitted` of the mail says so",
        _NOTHING,
    ),
    UncountedReason.AUTOMATIC_HEADER: (
        "a machine answered: the mail has a header that only auto-responders write",
        _NOTHING,
    ),
    UncountedReason.AUTOMATIC_SENDER: ("a machine answered: its address takes no mail, such as noreply", _NOTHING),
    UncountedReason.AUTOMATIC_SUBJECT: ("a machine answered: the subject of the mail says so", _NOTHING),
    UncountedReason.AUTOMATIC_TEXT: ("a machine answered: the mail reads like an out-of-office", _NOTHING),
    UncountedReason.AUTOMATIC_PHONE_AUTO_TEXT: (
        "the receiver's phone answered by itself, as phones do while their owners drive",
        _NOTHING,
    ),
    UncountedReason.AUTOMATIC_VISIT: ("a machine followed the short link", "nothing"),
    UncountedReason.EVIDENCE_TOO_WEAK: (
        "the response is too weak as evidence that a person answered",
        "nothing; or ask for less by `stopWhen.evidence`; to count visits to short links, send with `clickCounts`",
    ),
    UncountedReason.AFTER_THE_END: (
        "the escalation had ended, or the alert was cancelled, before the response came",
        "nothing",
    ),
}
"""Each word with its sentence and remedy."""


def event_details(evidence: Evidence, reason: str | None) -> dict[str, Any]:
    """Return what an event says of an answer beside its `reason`, by the names in the API.

    Args:
        reason: why the answer does not count; None = it counts.
    """
    return {"evidence": evidence.value, "counted": reason is None}
