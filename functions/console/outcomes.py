"""What became of alerts and messages, in glyph, word and colour; and the shares of a bar."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.delivery.domain.message import MessageState

# The words of IncidentState, as people read them: kind of the glyph, word.
INCIDENTS = {
    "sending": ("wait", "Sending"),
    "waiting_for_answers": ("warn", "Waiting for answers"),
    "answered": ("ok", "Answered"),
    "unanswered": ("bad", "Unanswered"),
    "stopped": ("idle", "Stopped"),
    "delivered": ("ok", "Delivered"),
    "some_failed": ("warn", "Some failed"),
    "failed": ("bad", "Failed"),
    "unconfirmed": ("idle", "Unconfirmed"),
}

OPEN = ("sending", "waiting_for_answers")
"""Incidents that are still going on."""

MESSAGES = {
    MessageState.QUEUED: ("wait", "waiting"),
    MessageState.SENDING: ("wait", "being sent"),
    MessageState.CALLING: ("wait", "being called"),
    MessageState.SENT: ("wait", "with the carrier"),
    MessageState.HELD: ("wait", "waits for its time"),
    MessageState.RETRY_WAIT: ("wait", "is tried again"),
    MessageState.UNKNOWN: ("wait", "not known yet"),
    MessageState.DELIVERED: ("ok", "delivered"),
    MessageState.UNCONFIRMED: ("idle", "not confirmed"),
    MessageState.FAILED: ("bad", "failed"),
    MessageState.EXPIRED: ("bad", "too late to send"),
    MessageState.SUPPRESSED: ("bad", "not sent"),
    MessageState.CANCELLED: ("idle", "stopped"),
    MessageState.SKIPPED: ("idle", "not needed"),
}
"""Every state, as glyph and word."""

_WORDS = {"ok": "delivered", "wait": "on their way", "bad": "not reached", "idle": "not needed or not confirmed"}


def shares(counts: Mapping[MessageState, int]) -> list[tuple[str, int, str]]:
    """Return the shares of a bar: kind, count, word. Every message is in one of them."""
    totals = dict.fromkeys(_WORDS, 0)
    for state, count in counts.items():
        totals[MESSAGES[state][0]] += count
    return [(kind, totals[kind], word) for kind, word in _WORDS.items()]


def sentence(parts: list[tuple[str, int, str]]) -> str:
    """Return the shares in words, as the text twin of a bar."""
    return ", ".join(f"{count} {word}" for _, count, word in parts if count) or "no messages"
