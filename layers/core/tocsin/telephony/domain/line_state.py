"""Registrations of telephones become: a line went online, a line went offline.

A line may have several telephones. The line is online with the first contact and offline with the last. Sources promise
no order, so the newest event of each contact decides, and an older one is ignored. Contacts that are gone are
remembered for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MAX_CONTACTS = 10
"""Contacts of a line that are remembered, those that are gone included. The oldest is forgotten first."""

EXPIRY_GRACE = timedelta(minutes=1)
"""How long after its registration has expired a contact counts as present: the source's own event comes a bit later."""


class LineChange(StrEnum):
    """What an event `sip.registration` means for its line."""

    REGISTERED = "registered"  # the line went online
    UNREGISTERED = "unregistered"  # the line went offline
    REFRESHED = "refreshed"  # the line was online and still is
    NONE = "none"


class LineReason(StrEnum):
    """Why an event means what it means."""

    FIRST_CONTACT = "first_contact"
    LAST_CONTACT = "last_contact"
    ALREADY_ONLINE = "already_online"
    ALREADY_OFFLINE = "already_offline"
    OTHERS_ONLINE = "others_online"  # another telephone of the line is still registered
    NEVER_SEEN = "never_seen"  # the first event of the line: the source says that the line is already as it is
    OLDER = "older"  # a newer event of the same contact came before


@dataclass(frozen=True, slots=True)
class LineContact:
    """One telephone of a line: its newest event.

    Attributes:
        expires_at: when the registration ends by itself; None if the source does not say.
    """

    at: datetime
    on: bool
    expires_at: datetime | None = None

    def present(self, now: datetime | None) -> bool:
        """Whether the telephone is registered at this time; None: at any time before its next event."""
        return self.on and (now is None or self.expires_at is None or now < self.expires_at + EXPIRY_GRACE)


@dataclass(frozen=True, slots=True)
class LineState:
    """What is known about one line.

    Attributes:
        on: whether the line is online, as was told last; None if no event has come.
        since: when `on` became what it is.
        at: time of the newest event.
        contacts: by name, at most `MAX_CONTACTS`.
    """

    on: bool | None = None
    since: datetime | None = None
    at: datetime | None = None
    contacts: Mapping[str, LineContact] = field(default_factory=dict)

    def after(
        self, at: datetime, data: Mapping[str, Any], *, expiry_counts: bool = True
    ) -> tuple[LineState, LineChange, LineReason]:
        """Return the state after an event, what the event means for the line, and why.

        Args:
            at: when it happened. An event at the same time as the contact's newest one counts.
            data: of `sip.registration`; its `event` is registered, unregistered, refreshed or seen.
            expiry_counts: a registration ends by itself at its time. False if renewals are not seen: then it goes on.
        """
        name = contact_name(data)
        known = self.contacts.get(name)
        if known is not None and at < known.at:
            return self, LineChange.NONE, LineReason.OLDER
        present = data["event"] != "unregistered"
        expires = data.get("expiresSeconds") if present and expiry_counts else None
        contact = LineContact(at, present, None if expires is None else at + timedelta(seconds=expires))
        now = max(at, self.at or at)
        state = replace(self, at=now, contacts=_kept({**self.contacts, name: contact}))
        if present:
            return state._online(at, data["event"])
        return state._offline(at, now if expiry_counts else None)

    def _online(self, at: datetime, event: str) -> tuple[LineState, LineChange, LineReason]:
        if self.on:
            return self, LineChange.REFRESHED, LineReason.ALREADY_ONLINE
        online = replace(self, on=True, since=at)
        if self.on is None and event == "refreshed":
            return online, LineChange.REFRESHED, LineReason.NEVER_SEEN
        return online, LineChange.REGISTERED, LineReason.FIRST_CONTACT

    def _offline(self, at: datetime, now: datetime | None) -> tuple[LineState, LineChange, LineReason]:
        if any(contact.present(now) for contact in self.contacts.values()):
            return self, LineChange.NONE, LineReason.OTHERS_ONLINE
        if self.on is False:
            return self, LineChange.NONE, LineReason.ALREADY_OFFLINE
        reason = LineReason.NEVER_SEEN if self.on is None else LineReason.LAST_CONTACT
        return replace(self, on=False, since=at), LineChange.UNREGISTERED, reason


def contact_name(data: Mapping[str, Any]) -> str:
    """Return what names a telephone of the line: `contact`, else `userAgent` and `ip`, else nothing."""
    return data.get("contact") or " ".join(filter(None, (data.get("userAgent"), data.get("ip"))))


def _kept(contacts: Mapping[str, LineContact]) -> dict[str, LineContact]:
    """Return at most `MAX_CONTACTS`: those that are gone are forgotten first, then the oldest."""
    newest = sorted(contacts.items(), key=lambda each: (each[1].on, each[1].at), reverse=True)
    return dict(newest[:MAX_CONTACTS])


def line_value(state: LineState) -> dict[str, Any]:
    """Return a state as JSON, for rows and for what replays events."""
    return {
        "on": state.on,
        "since": _text(state.since),
        "at": _text(state.at),
        "contacts": [[name, _text(c.at), c.on, _text(c.expires_at)] for name, c in state.contacts.items()],
    }


def line_of(value: Mapping[str, Any]) -> LineState:
    """Return the state that `line_value` wrote."""
    contacts = {
        name: LineContact(datetime.fromisoformat(at), on, _time(expires)) for name, at, on, expires in value["contacts"]
    }
    return LineState(value["on"], _time(value["since"]), _time(value["at"]), contacts)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
