"""How a call ended, from the words of the providers. They are the same in a status callback and in the API.

Sources: Twilio, "Call resource: call status values"; RFC 3261, 8197 and 8688 (SIP response codes); Telnyx, "TeXML
status callback attributes".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tocsin.voice.domain.call_facts import CallEnd, CallFacts

GOES_ON = frozenset({"queued", "initiated", "ringing", "in-progress", "answered"})
"""Words for calls that are not over."""

_ENDS: Mapping[str, CallEnd] = {
    # It was answered. Only Telnyx tells who hung up: after a dialogue that was over, that makes no difference.
    "completed": CallEnd.HUNG_UP,
    "busy": CallEnd.BUSY,
    "no-answer": CallEnd.NO_ANSWER,
    "canceled": CallEnd.STOPPED,
    "failed": CallEnd.NETWORK,
}
_FAILED: Mapping[str, CallEnd] = {
    **dict.fromkeys(("404", "410", "484", "604"), CallEnd.INVALID_NUMBER),  # no such number
    **dict.fromkeys(("607", "608"), CallEnd.NUMBER_BLOCKED),  # refused as unwanted, by the receiver or a network
}
_HUNG_UP = {"callee": CallEnd.HUNG_UP, "caller": CallEnd.ENDED}


def facts_of_end(
    status: str, *, seconds: str, sip_code: str = "", hung_up_by: str = "", answered_by: str = ""
) -> CallFacts:
    """Return what is known of a call that is over.

    Args:
        seconds: of talk, as text; may be empty.
        hung_up_by: `callee` or `caller`; empty if the provider does not tell.
        answered_by: `human`, or a word that begins with `machine` or `fax`; empty if the provider does not tell.

    Raises:
        ValueError: an unknown status, or no number of seconds.
    """
    if status not in _ENDS:
        raise ValueError("not the end of a call")
    end = _ENDS[status]
    if status == "failed":
        end = _FAILED.get(sip_code, end)
    if status == "completed":
        end = _HUNG_UP.get(hung_up_by, end)
    talk = float(int(seconds)) if seconds and status == "completed" else None
    return CallFacts(end=end, machine=is_machine(answered_by), talk_seconds=talk)


def is_machine(answered_by: str) -> bool:
    """Return whether an answering machine or a fax has answered."""
    return answered_by.startswith(("machine", "fax"))


def instant(text: str, otherwise: datetime) -> datetime:
    """Return the instant of a text in the form of RFC 2822 or ISO 8601; `otherwise` for anything else."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(text)
            return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return otherwise
