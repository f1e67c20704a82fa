"""Words of the console: what happened, roles, times and numbers, as people say them."""

from __future__ import annotations

from datetime import timedelta

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.headline import SenderKind
from tocsin.contacts.domain.channel import Channel

SAID = {
    "sent": "The alert is on its way.",
    "stopped": "The alert is stopped. What was not sent yet does not go out.",
    "escalated": "The next step is being sent.",
    "marked": "Marked as answered.",
    "resent": "It is sent again to those it did not reach.",
    "inbox-read": "Marked as read.",
    "inbox-unread": "Marked as unread.",
    "browser-on": "What you are told is pushed to this browser too.",
    "inbox-all": "All are marked as read.",
    "saved": "Saved.",
    "deleted": "Deleted.",
    "made": "It is there now.",
    "removed": "Removed.",
    "imported-file": "What the file says is in the directory now.",
    "imported": "The people of the table are in the group.",
    "copied": "This copy is yours. What the key had stays as it was.",
    "rule-copied": "This copy is yours, and on. Values of headers stay behind if you may not edit the original.",
    "owner": "The rule belongs to the other person now.",
    "values-cleared": "Saved. The host changed, so the values of headers are gone and the webhook is off.",
    "secret-gone": "Saved. The server or app is another one, so its password or secret is forgotten. Write it anew.",
    "default-again": "The default's words are used again.",
    "disconnected": "The mailbox is not connected any more.",
    "turned-on": "Turned on.",
    "integration-active": "It is active. Its incident is over, and no reminder follows.",
    "integration-off": "It is off. Its incident is over, and no reminder follows.",
    "turned-off": "Turned off.",
    "kept": "The alert is kept. Use it as often as you like.",
    "draft-gone": "The draft is gone.",
    "invited": "The invitation is on its way.",
    "disabled": "Disabled. Sessions and tokens ended at once.",
    "enabled": "Enabled.",
    "signed-out": "You are signed out.",
    "ended": "Ended.",
    "armed": "It waits for its word now.",
    "scheduled": "The alert is scheduled.",
    "paused": "Paused.",
    "resumed": "Resumed.",
    "cancelled": "Cancelled.",
    "transferred": "What the person had belongs to the other person now.",
    "password": "Your password is changed. Other sessions have ended.",
    "app-on": "The authenticator app is on. You are asked for a code when you sign in.",
    "app-off": "The authenticator app is off.",
    "key-made": "That form had made this key already. Its token was shown once; if it is lost, give the key a new one.",
    "key-off": "Disabled. Every call with this key is refused within 30 seconds.",
    "key-on": "Enabled. Calls with this key are accepted within 30 seconds.",
    "token-off": "Deleted. Every call with this token is refused.",
    "callback-on": "On. Events that come now are posted; send again what was paused.",
    "callback-off": "Off. Events wait until it is on again.",
    "again": "The event is sent again.",
    "tested": "A test event is on its way. Reload the page to see what became of it.",
    "repeated": "That form was sent before, so nothing was done again.",
    "reset": "Your password is changed. Sign in with it.",
    "accepted": "You are a member now. Switch to the account whenever you like.",
    "declined": "Declined. Nothing changed, and the account sends you nothing more.",
    "app-first": "That account asks for an authenticator app. Set it up here, then switch.",
    "address-asked": "A mail is on its way to the new address. Open its link here, and press the button there.",
    "address": "You sign in with the new address from now on.",
    "app-reset": "The authenticator app is off. The person gets a mail about it.",
    "expired": "You were signed out, because the session was over. What you typed is kept.",
}
"""What a page says after something was done, by the word in the address (`?said=`)."""

ROLES = {
    "account_owner": "Account owner",
    "admin": "Admin",
    "manager": "Manager",
    "queue_manager": "Queue manager",
    "user": "User",
    "reporting": "Reporting",
}
"""Names of the system roles."""


_LATER = {CauseKind.SCHEDULE: "a schedule", CauseKind.TRIGGER: "a trigger"}


def sender_of(alert: Alert) -> str:
    """Return who sent an alert, as a page names them."""
    by = alert.sender
    if by.kind is SenderKind.KEY:
        return by.name or "an API key"
    return by.name or (_LATER.get(alert.cause.kind) if alert.cause else None) or "a former user"


def ago(span: timedelta) -> str:
    """Return how long ago something was, or how far ahead it is, in its biggest whole unit."""
    seconds = span.total_seconds()
    sentence = "in {}" if seconds < 0 else "{} ago"
    seconds = abs(seconds)
    if seconds < 45:
        return "now" if seconds < 5 else sentence.format(f"{seconds:.0f} s")
    for unit, size in (("min", 60), ("h", 3600), ("d", 86400)):
        upper = {"min": 3600, "h": 86400, "d": float("inf")}[unit]
        if seconds < upper:
            return sentence.format(f"{max(1, seconds // size):.0f} {unit}")
    raise AssertionError


def number(value: int) -> str:
    """Return a number with thin spaces between its thousands."""
    return f"{value:,}".replace(",", "\u202f")


def people(count: int) -> str:
    """Return "1 person" or "n people"."""
    return "1 person" if count == 1 else f"{number(count)} people"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: "1 text", "14 texts"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


NOUNS = {
    Channel.SMS: "text",
    Channel.EMAIL: "mail",
    Channel.CALL: "call",
    Channel.INBOUND_CALL: "message for callers",
}
"""What is sent on each channel."""


def messages(count: int, channel: Channel) -> str:
    """Return a count of messages on one channel: "14 texts"."""
    noun = NOUNS[channel]
    return counted(count, noun, noun.replace("message", "messages") if channel is Channel.INBOUND_CALL else None)


def sentence(words: str) -> str:
    """Return words of the core, which begin small and have no full stop, as a sentence."""
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith((".", "?", "!")) else ".")
