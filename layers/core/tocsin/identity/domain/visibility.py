"""Who made a thing and for which company, and how far a person sees: what is visible (ADR 0105, 0127)."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.ids import CompanyId, UserId


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a thing. It never changes.

    Attributes:
        by: the person; None = an API key, or a version of Tocsin that did not keep it.
        company: the sub-unit that it belongs to; None = the whole account.
    """

    by: UserId | None = None
    company: CompanyId | None = None


BY_NO_PERSON = Made()
"""Made with an API key, for the whole account."""


@dataclass(frozen=True, slots=True)
class Range:
    """How far a caller sees. What is out of range is as if it did not exist.

    Attributes:
        everything: the whole account.
        companies: things of these companies.
        user: things that this person made.
    """

    everything: bool = False
    companies: frozenset[CompanyId] = frozenset()
    user: UserId | None = None

    def shows(self, made: Made) -> bool:
        """Whether a thing that was made so is in the range."""
        mine = self.user is not None and made.by == self.user
        return self.everything or mine or made.company in self.companies


EVERYTHING = Range(everything=True)


@dataclass(frozen=True, slots=True)
class ActingPerson:
    """The person who uses the account key, or on whose behalf a schedule, a step or a trigger uses it.

    Attributes:
        name: display name; None = it is not known any more.
        range: what the person may see and use.
        mailbox: the `mailbox_key` of the person's confirmed address; None = there is no confirmed address.
        contacts: ids of the contacts that are linked to the person.
    """

    id: UserId
    name: str | None
    range: Range
    mailbox: str | None = None
    contacts: frozenset[str] = frozenset()

    def is_receiver(self, who: Recipient) -> bool:
        """Whether a receiver of an alert is the person, who sees the alert in part if it is out of range."""
        return who.contact_id in self.contacts or mailbox_key(who.address) == self.mailbox
