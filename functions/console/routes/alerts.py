"""Sent alerts: the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console import outcomes
from console.companies import Companies
from console.site import Site
from console.visit import Visit
from console.words import NOUNS, people, sender_of
from tocsin.alerts.ports.alerts import AlertFilter
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import InvalidEmail, mailbox_key, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.delivery.domain.message import MessageState
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.history.application.list_alerts import AlertEntries, AlertEntry
from tocsin.history.domain.incident_state import incident_state
from tocsin.identity.domain.permissions import Permission

PAGE = 20

_REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HOW = {**NOUNS, Channel.EMAIL: "email"}
_LIVE_EVERY, _QUIET_EVERY = 4, 15

ListAlertEntries = Callable[..., AlertEntries]


@dataclass(frozen=True, slots=True)
class Row:
    """One alert of the list. `company`: its name; "" = the whole account."""

    entry: AlertEntry
    company: str = ""

    def shown(self) -> dict[str, Any]:
        """Return what the template uses."""
        alert, escalation = self.entry.alert, self.entry.escalation
        parts = outcomes.shares(self.entry.counts)
        state = incident_state(self.entry.counts, escalation, cancelled=alert.cancelled_at is not None)
        kind, word = outcomes.INCIDENTS[state.value]
        return {
            "ref": alert.ref,
            "title": alert.headline,
            "sender": sender_of(alert),
            "company": self.company,
            "people": people(alert.recipients),
            "channels": "by " + " and ".join(dict.fromkeys(_HOW[item.channel] for item in alert.items)),
            "shares": parts,
            "sentence": outcomes.sentence(parts),
            "kind": kind,
            "word": word,
            "state": state.value,
            "calling": self.entry.counts.get(MessageState.CALLING, 0),
            "answered": escalation.answered if escalation else self.entry.answered,
            "need": escalation.need if escalation else 0,
            "next_at": escalation.due_at if escalation and escalation.state is EscalationState.ACTIVE else None,
            "at": alert.accepted_at,
        }


def alert_list_routes(site: Site, list_alerts: ListAlertEntries, companies: Companies) -> Blueprint:
    """Return the route of the list, which refreshes itself while a script runs."""
    routes = Blueprint(__name__)

    @site.page(routes, "alerts", Permission.ALERTS_READ)
    def alerts(visit: Visit) -> Response:
        search, show = visit.query.get("search", "").strip(), visit.query.get("show", "all")
        if _REFERENCE.fullmatch(search):
            return visit.go(f"alerts/{search}")
        page = list_alerts(
            visit.key(Permission.ALERTS_READ),
            limit=PAGE,
            cursor=visit.query.get("cursor"),
            wanted=_filter(search),
        )
        names = companies.names(visit.principal.tenant, [entry.alert.company for entry in page.entries])
        every_row = [Row(entry, names.get(entry.alert.company or "", "")).shown() for entry in page.entries]
        rows = [row for row in every_row if _fits(row, show)]
        live = [row for row in rows if row["next_at"] is not None]
        every = _LIVE_EVERY if any(row["state"] in outcomes.OPEN for row in rows) else _QUIET_EVERY
        values = {
            "search": search,
            "show": show if show in ("live", "attention", "over") else "all",
            "live": live,
            "rows": rows,
            "next": page.next,
            "may_send": visit.may(Permission.ALERTS_SEND),
        }
        return site.show_live(visit, "alerts", every, values)

    return routes


def _filter(search: str) -> AlertFilter:
    receiver = _receiver(search)
    return AlertFilter(title=None if receiver or not search else search, receiver=receiver)


def _receiver(search: str) -> str | None:
    """Return the address that was searched for, None if the words are no address."""
    try:
        if "@" in search:
            return mailbox_key(parse_email(search))
        if re.fullmatch(r"\+[\d ()./-]{6,}", search):
            return mailbox_key(parse_phone(search))
    except (InvalidEmail, InvalidPhone):
        return None
    return None


def _fits(row: dict[str, Any], show: str) -> bool:
    match show:
        case "live":
            return row["state"] in outcomes.OPEN
        case "attention":
            return row["kind"] in ("warn", "bad")
        case "over":
            return row["state"] not in outcomes.OPEN
        case _:
            return True
