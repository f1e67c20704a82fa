"""The cards of the page: for each phone, mailbox and browser what arrived and what was done there, unread first."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from infra.local.commands.click import LINK
from infra.local.simulator.messages import PUSH, SMS, Message, keywords_in

ENTRIES = 6
"""Newest entries of a card; the page counts the earlier ones."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Owner = tuple[str, str]
"""Channel and address of a phone, a mailbox or a browser."""


class DeedKind(StrEnum):
    """How the page shows a deed."""

    SAID = "said"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done on the page for one phone, mailbox or browser."""

    at: datetime
    kind: DeedKind
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One phone, mailbox or browser.

    Attributes:
        id: of the page's element; made of the owner.
        name: first name of its owner, "" if it is not known.
        entries: the newest ENTRIES, oldest first.
        earlier: number of entries before them.
        unread: number of messages that arrived and were not read.
        newest: the last message that arrived; the last one at all if none did.
        links: short links of the shown messages.
    """

    id: str
    owner: Owner
    name: str
    entries: Sequence[Message | Deed]
    earlier: int
    unread: int
    newest: Message
    links: Sequence[str]

    @property
    def is_phone(self) -> bool:
        """Whether it is a phone; else a mailbox or a browser."""
        return self.owner[0] == SMS

    @property
    def is_browser(self) -> bool:
        """Whether it is a browser, which takes no answers."""
        return self.owner[0] == PUSH

    @property
    def address(self) -> str:
        """The number or the mail address."""
        return self.owner[1]

    @property
    def called(self) -> str:
        """The owner's name, else the address."""
        return self.name or self.address

    @property
    def keywords(self) -> Sequence[str]:
        """The answers that the newest message asks for."""
        return keywords_in(self.newest.text)


def arrange(
    messages: Sequence[Message],
    read: Collection[str],
    deeds: Mapping[Owner, Sequence[Deed]],
    names: Mapping[str, str],
    link_base: str,
) -> list[Card]:
    """Return a card for each phone, mailbox and browser that got a message: unread first, then the newest.

    Args:
        messages: for each receiver, oldest first.
        read: ids of read messages.
        names: first names by address.
        link_base: how the engine's short links begin. Other links are not offered.
    """
    of: dict[Owner, list[Message]] = defaultdict(list)
    for message in messages:
        of[message.channel, message.to].append(message)
    cards = [_card(owner, got, read, deeds.get(owner, ()), names, link_base) for owner, got in of.items()]
    return sorted(cards, key=lambda card: (card.unread > 0, card.newest.at or _LONG_AGO), reverse=True)


def _card(
    owner: Owner,
    got: Sequence[Message],
    read: Collection[str],
    deeds: Sequence[Deed],
    names: Mapping[str, str],
    link_base: str,
) -> Card:
    every: list[Message | Deed] = [*got, *deeds]
    entries = sorted(every, key=lambda entry: entry.at or _LONG_AGO)
    shown = entries[-ENTRIES:]
    arrived = [message for message in got if message.arrived]
    found = [link for entry in shown if isinstance(entry, Message) for link in LINK.findall(entry.text)]
    return Card(
        id="p-" + hashlib.sha256("\n".join(owner).encode()).hexdigest()[:12],
        owner=owner,
        name=names.get(owner[1].lower(), ""),
        entries=shown,
        earlier=len(entries) - len(shown),
        unread=sum(message.id not in read for message in arrived),
        newest=(arrived or got)[-1],
        links=list(dict.fromkeys(link for link in found if link.startswith(link_base))),
    )
