"""What owner and admin of the demo tenant fill in by API, once: directory, mail server, an alert rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from infra.local.api import Answer, Api
from infra.local.complaint import Complaint
from infra.local.outside.tenant_mail.server import MailAccess

ROLE = {"name": "Night desk", "permissions": ["alerts.send", "alerts.read", "directory.read"]}
"""A role of the tenant's own."""

FILES: Mapping[str, Sequence[str]] = {
    "companies": ("name", "North plant", "South depot"),
    "lines": (
        "extension,label,user,company",
        "2001,Olivia Hart,olivia@northwater.example,",
        "2002,Adam Stone,adam@northwater.example,",
        "2003,Maya Reed,maya@northwater.example,North plant",
        "2004,Quentin Moss,quentin@northwater.example,North plant",
        "2005,Uma Lane,uma@northwater.example,North plant",
        "2006,Rita Field,rita@northwater.example,",
        "2007,Reception,,",
        "2008,Pump house,,North plant",
        "2009,Control room,,North plant",
        "2010,Workshop,,South depot",
        "2011,Gate,,South depot",
        "2012,Warehouse,,South depot",
    ),
    "groups": (
        "kind,name,number,members,managers,company",
        "hunt_group,Control room,2100,uma@northwater.example,maya@northwater.example,North plant",
        "hunt_group,Depot,2101,nils@northwater.example,marco@northwater.example,South depot",
        "queue,Customer service,2200,quentin@northwater.example;uma@northwater.example,quentin@northwater.example,",
    ),
    "phone_numbers": (
        "e164,label,line,group,company",
        "+447700900100,Alerts,,,",
        "+441632960001,Reception,2007,,",
        "+441632960002,Customer service,,Customer service,",
        "+441632960003,Depot,,Depot,South depot",
    ),
}
"""Files that are imported, by kind. The numbers are Ofcom's for drama, so no subscriber has them."""


@dataclass(frozen=True, slots=True)
class Joining:
    """A person who joins the six. `companies`: names. `role`: "" = the role of the tenant's own."""

    name: str
    email: str
    role: str
    companies: Sequence[str] = ()
    billing: bool = False


JOINING = (
    Joining("Marco Vale", "marco@northwater.example", "manager", ("North plant", "South depot")),
    Joining("Bella Court", "bella@northwater.example", "admin", billing=True),
    Joining("Nils Berg", "nils@northwater.example", ""),
)

COMPANY_OF_THE_MANAGER = "North plant"

MAILED = (
    "notify_user_registration",
    "notify_queue_sla_breached",
    "notify_queue_callback",
    "notify_queue_callback_failed",
    "notify_queue_call_lost",
)
"""Events that are mailed because the account wants it."""

RULE: Mapping[str, Any] = {
    "name": "Missed calls",
    "description": "Calls from outside that were not answered.",
    "type": "call",
    "options": {"throttle": {"max": 20, "per": "1h", "by": "line"}},
    "triggers": [
        {
            "description": "Not answered",
            "filters": {"directions": ["incoming"], "statuses": ["missed", "voicemail", "abandoned"]},
        }
    ],
    "notifications": [
        {"type": "email", "to": "adam@northwater.example", "subject": "%%STATUS%% call from %%CALLER_NUMBER%%"},
        {"type": "sms", "from": "+447700900100", "to": ["+447700900800"]},
    ],
}
"""The admin's rule."""


PREFERENCES: Mapping[str, Mapping[str, Any]] = {
    "marco@northwater.example": {
        "high_sms": True,
        "channels": {"text": {"enabled": True, "custom": {"enabled": True, "number": "+447700900801"}}},
    },
    "uma@northwater.example": {"communication": {"fax": False}, "channels": {"email": False}},
    "adam@northwater.example": {"account": {"imports_exports": True, "webhook_failures": True, "daily_activity": True}},
}
"""What some people want to hear of, by their addresses; the others have the defaults."""

FOLLOWED: Mapping[str, Sequence[str]] = {"marco@northwater.example": ("2010", "2011")}
"""Extensions of lines that people follow."""


def fill_directory(owner: Api, manager: dict[str, Any]) -> list[dict[str, Any]]:
    """Fill the directory as its owner. Return the people who join, as `run.json` has them without a password.

    Args:
        owner: the API, with a token of the owner.
        manager: the first manager as `run.json` has them, who gets a company.

    Raises:
        Complaint: a call was refused.
    """
    role = _made(owner, "/roles", ROLE, "name")["id"]
    _load(owner, "companies")
    companies = {each["name"]: each["id"] for each in owner.get("/companies?limit=100").body["items"]}
    manager["companies"] = [companies[COMPANY_OF_THE_MANAGER]]
    _taken(owner.patch(f"/users/{manager['id']}", {"companies": manager["companies"]}))
    people = []
    for each in JOINING:
        wanted = {"name": each.name, "email": each.email, "role": each.role or role, "billing": each.billing}
        wanted |= {"companies": [companies[name] for name in each.companies], "invite": True}
        person = _made(owner, "/users", wanted, "email")
        people.append({name: person[name] for name in ("id", "email", "name", "role", "billing", "companies")})
    for kind in ("lines", "groups", "phone_numbers"):
        _load(owner, kind)
    return people


def set_preferences(owner: Api, people: Sequence[Mapping[str, Any]]) -> None:
    """Save what some people want to hear of, as the owner. Raises Complaint."""
    lines = {each["extension"]: each["id"] for each in _taken(owner.get("/lines?limit=100"))["items"]}
    for person in people:
        chosen = dict(PREFERENCES.get(person["email"], {}))
        if person["email"] in FOLLOWED:
            chosen["lines"] = [lines[extension] for extension in FOLLOWED[person["email"]]]
        if chosen:
            _taken(owner.patch(f"/users/{person['id']}/notification_settings", chosen))


INTEGRATION = {"name": "HubSpot", "kind": "crm"}
"""An integration of the demo tenant; `make event TYPE=integration-failed` lets it fail."""


def make_rule(admin: Api) -> None:
    """Make the admin's rule, unless there is one. Raises Complaint."""
    named = [rule["name"] for rule in _taken(admin.get("/alert_rules?list=owned"))["items"]]
    if RULE["name"] not in named:
        _taken(admin.post("/alert_rules", RULE))


def make_integration(owner: Api) -> None:
    """Make an integration that works, unless there is one: its activation subscribes the owner. Raises Complaint."""
    if not _taken(owner.get("/integrations"))["items"]:
        made = _taken(owner.post("/integrations", INTEGRATION))
        _taken(owner.post(f"/integrations/{made['id']}/status", {"status": "active"}))


def make_appointment(owner: Api, now: datetime) -> None:
    """Make an appointment of the owner, all reminders of which are due within a day. Raises Complaint."""
    start = now + timedelta(days=1, minutes=1)
    body = {"title": "Fire drill", "starts_at": f"{start:%Y-%m-%dT%H:%M:%SZ}", "note": "Meet at the back gate"}
    _taken(owner.post("/appointments", body))


def set_mail_server(owner: Api, access: MailAccess) -> None:
    """Give the account its own mail server. Raises Complaint."""
    settings = {
        "type": "SMTP",
        "server": access.host,
        "port": access.port,
        "username": access.username,
        "password": access.password,
        "recipients": "duty@northwater.example",
        **dict.fromkeys(MAILED, True),
    }
    _taken(owner.post("/tenant/notification", settings))


def _made(owner: Api, path: str, body: Mapping[str, Any], name: str) -> Any:
    """Make a thing, or find the one that a start made which was interrupted."""
    answer = owner.post(path, body)
    if answer.status != 409:
        return _taken(answer)
    found = owner.get(f"{path}?limit=100").body["items"]
    return next(each for each in found if each[name] == body[name])


def _load(owner: Api, kind: str) -> None:
    answer = owner.post("/directory/imports", {"kind": kind, "mode": "apply", "csv": "\n".join(FILES[kind])})
    if _taken(answer)["faults"]:
        raise Complaint(f"the demo directory has faults: {answer.body['faults']}")


def _taken(answer: Answer) -> Any:
    if answer.status not in (200, 201):
        raise Complaint(f"the demo directory could not be filled: {answer.status} {answer.body}")
    return answer.body
