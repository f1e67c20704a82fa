"""What becomes of a notice for one person, by channel."""

from __future__ import annotations

from enum import StrEnum


class NoticeChannel(StrEnum):
    """How a person is told; the values are words of the API."""

    EMAIL = "email"
    TEXT = "text"
    BROWSER = "browser"
    INBOX = "inbox"


class NoticeOutcome(StrEnum):
    """What became of a channel; the values are words of the API. All but `sent` are reasons why it was skipped."""

    SENT = "sent"  # given to dispatch, or stored
    OFF = "off"  # the switch of this kind, or of this channel, is off
    NO_NUMBER = "no_number"  # neither an own number nor a backup phone
    OWN_NUMBER = "own_number"  # the number is one of the account's
    OPTED_OUT = "opted_out"
    NOT_MEMBER = "not_member"  # no more, when it was looked at again
    TOO_LATE = "too_late"
    QUIET_HOURS = "quiet_hours"  # they end after it would be too late
    ALREADY_MAILED = "already_mailed"  # a mail by a template of the account tells the same
    DISABLED = "disabled"  # the person is, or has said "this is not me"
    NO_DEVICE = "no_device"  # no browser is subscribed
