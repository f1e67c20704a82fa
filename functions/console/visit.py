"""One visit of a page by a signed-in person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from console.rendering import link
from tocsin.entrypoint.http.app import Call
from tocsin.identity.domain.account_key import key_of_person
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.session import Session
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import CompanyId
from tocsin.sign_in.domain.session_token import form_token

_FIRST_YEAR = 2000

_MOST_DIGITS = 10


def whole(typed: str) -> int | None:
    """Return a whole number from 0 that a person typed. None: anything else, as a sign, or more than ten digits."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS else None


def whole_or_typed(typed: str) -> int | str:
    """Return the number as `whole` does; anything else as it was typed, for a body whose reader says what is wrong."""
    number = whole(typed)
    return typed if number is None else number


@dataclass(slots=True)
class Form:
    """What a form sent: every value of every field, and the bytes of files by field."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def get(self, name: str, otherwise: str = "") -> str:
        """Return the last value of a field, without outer blanks."""
        return self.values.get(name, [otherwise])[-1].strip()

    def text(self, name: str) -> str:
        """Return the last value of a field as it was typed, with plain line breaks."""
        return self.values.get(name, [""])[-1].replace("\r\n", "\n")

    def all(self, name: str) -> list[str]:
        """Return all values of a field."""
        return list(self.values.get(name, []))

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self.values


@dataclass(slots=True)
class Visit:
    """One call of a page.

    Attributes:
        path: as the function sees it, for example `/console/alerts`; links are relative to it.
        zone: the person's time zone, else the account's.
        tenant_name: display name of the account.
        query: query parameters; unknown ones are kept, because a page ignores them.
        form: what was posted; empty for a GET.
    """

    call: Call
    path: str
    principal: Principal
    session: Session
    now: datetime
    zone: str
    tenant_name: str
    query: Mapping[str, str]
    form: Form

    @property
    def csrf(self) -> str:
        """The token that each form of this session carries."""
        return form_token(self.session.form_secret)

    @property
    def seed(self) -> bytes:
        """What is the same for every repeat of a form, and for no other form: of its random field `once`."""
        return hashlib.sha256(f"{self.path}|{self.principal.actor}|{self.form.get('once')}".encode()).digest()

    def may(self, permission: Permission, at_least: Reach = Reach.OWN) -> bool:
        """Whether the person has a permission."""
        return self.principal.reach(permission) >= at_least

    def key(self, permission: Permission = Permission.ALERTS_SEND, company: CompanyId | None = None) -> ApiKey:
        """Return the account key as the person uses it: with it, a page shows and does what is in their range."""
        return key_of_person(self.principal, permission, company)

    def span(self) -> tuple[datetime | None, datetime | None, list[Fault]]:
        """Return begin and end of the days `from` and `to` of the address, and a fault for each that is no day.

        Both days are whole ones in the person's zone; the second is included. None = it is not given.
        """
        faults: list[Fault] = []

        def day(name: str, more: int) -> datetime | None:
            typed = self.query.get(name, "").strip()
            if not typed:
                return None
            try:
                found = date.fromisoformat(typed)
                if found.year >= _FIRST_YEAR:
                    return datetime.combine(found + timedelta(days=more), time(), ZoneInfo(self.zone)).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
            faults.append(Fault(name, "WRONG_FORM", "Write a day like 2026-11-29."))
            return None

        return day("from", 0), day("to", 1), faults

    def console(self, url: str) -> str:
        """Return where the console is, for links of messages; `url` is read by `Call.address_by`."""
        return self.call.address_by(url)

    def link(self, to: str, /, **query: Any) -> str:
        """Return the relative address of a page."""
        return link(self.path, to, query)

    def go(self, to: str, /, **query: Any) -> Response:
        """Return the answer to a form: the browser gets another page, so that Reload sends nothing twice."""
        return Response("", {"Location": self.link(to, **query), "Content-Type": "text/plain"}, 303)
