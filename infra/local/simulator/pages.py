"""Renders the simulator's pages. Every value is escaped; no page has inline script or style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from infra.local.outside.phones import PhoneState
from infra.local.simulator.checklist import STEPS
from infra.local.simulator.messages import Message
from infra.local.simulator.people import Card

FOLDER = Path(__file__).parent

ASSETS = FOLDER / "assets"

PHONE_STATES: Mapping[PhoneState, str] = {
    PhoneState.ON: "on",
    PhoneState.OFF: "off",
    PhoneState.UNASSIGNED: "no such number",
    PhoneState.BLOCKED: "blocked by the carrier",
    PhoneState.UNREPORTED: "on, without receipts",
}
"""What the page calls them."""


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows.

    Attributes:
        hidden: number of cards that do not fit.
        all, unread: number of phones, mailboxes and browsers, and of those with an unread message.
        phones: states of the shown phones by number.
        checklist: what is done of STEPS.
        waiting: events that no client has collected; None while the API did not say.
        telephones: there is a page of phones that ring.
        theme: light or dark, "" for the system's choice.
        today: times of other days are shown with their day.
    """

    cards: Sequence[Card]
    hidden: int
    all: int
    unread: int
    filtered: bool
    phones: Mapping[str, PhoneState]
    checklist: Sequence[bool]
    waiting: int | None
    console: str | None
    telephones: bool
    token: str
    theme: str
    today: date

    @property
    def summary(self) -> str:
        """The sentence for people who do not see the page change."""
        if not self.unread:
            return "Nothing unread."
        return "1 has unread messages." if self.unread == 1 else f"{self.unread} have unread messages."


@dataclass(frozen=True, slots=True)
class PhonesView:
    """What the page of phones that ring shows.

    Attributes:
        phones: each with `id`, `number`, `name` and `called`.
        also: numbers that the page was asked to show as well.
        ours: the number that the phones call if no other is named.
    """

    phones: Sequence[Any]
    also: Sequence[str]
    ours: str
    token: str
    theme: str
    console: str | None


def page(view: View) -> bytes:
    """Return the whole page."""
    return _render("page.html.j2", view=view)


def phones_page(view: PhonesView) -> bytes:
    """Return the page of phones that ring."""
    return _render("phones.html.j2", view=view, named={"*": "star", "#": "hash"})


def people(view: View) -> bytes:
    """Return the part of the page that changes, for the script that refreshes it."""
    return _render("people.html.j2", view=view)


def refused(reason: str) -> bytes:
    """Return a page that says why there is no other."""
    return _render("refused.html.j2", reason=reason)


def _time(at: datetime, today: date) -> Markup:
    """Return a time of this machine's zone, with its day unless it is of today."""
    local = at.astimezone()
    shown = local.strftime("%H:%M:%S" if local.date() == today else "%d %b %H:%M")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local.isoformat(timespec="seconds"), local.strftime("%A, %d %B %Y, %H:%M:%S %Z"), shown
    )


def _render(template: str, **values: object) -> bytes:
    return _templates.get_template(template).render(**values).encode()


_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["time"] = _time
_templates.globals.update(steps=STEPS, states=PHONE_STATES)
_templates.tests["message"] = lambda entry: isinstance(entry, Message)
