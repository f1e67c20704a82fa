"""The demo tenant: two API keys, a stored contact group, people and a directory. Seeding twice creates them once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.api import Api
from infra.local.aws import Aws
from infra.local.clock import ahead, shown_now
from infra.local.commands.keys import NewKey, Operator
from infra.local.complaint import Complaint
from infra.local.demo_tenant.people import seed_people
from infra.local.engine import Engine
from infra.local.outside.tenant_mail.server import MailAccess
from infra.local.places import Places
from infra.local.stack import Stack

TENANT = "demo"

COUNTRY = "+44"
"""The demo tenant's allowed country for text messages: the United Kingdom, and islands with the same calling code."""

GROUP = "demo-team"
"""Name of the stored contact group."""

NUMBER = "+447700900100"
"""The demo tenant's two-way number."""

CONTACTS: tuple[Mapping[str, Any], ...] = (
    {"id": "c-01", "sms": "+447700900101", "email": "ana@example.org", "lookups": {"firstname": "Ana"}},
    {"id": "c-02", "sms": "+447700900102", "email": "bob@example.org", "lookups": {"firstname": "Bob"}},
    {"id": "c-03", "sms": "+447700900103", "email": "eve@example.org", "lookups": {"firstname": "Eve"}},
)
"""Numbers from the range that Ofcom reserves for TV and radio drama, so no subscriber has them."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the simulated parties: webhook endpoint, page of phones and mailboxes, telephones, mail server."""

    callbacks: str
    simulator: str
    phone: str
    mail_server: MailAccess


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses and keys for clients, the content of `.local/run.json`."""

    api: str
    engine: str
    api_key: str
    sandbox_api_key: str
    servers: Servers
    users: Sequence[Mapping[str, Any]] = ()
    tenant: str = TENANT

    def as_json(self) -> dict[str, Any]:
        """Return the shape of `run.json`."""
        return {
            "api": self.api,
            "console": f"{self.api}/console",
            "engine": self.engine,
            "apiKey": self.api_key,
            "sandboxApiKey": self.sandbox_api_key,
            "users": [dict(user) for user in self.users],
            "tenant": self.tenant,
            "number": NUMBER,
            **asdict(self.servers),
        }


def seed(engine: Engine, stack: Stack, places: Places, servers: Servers, say: Callable[[str], None]) -> Found:
    """Create the demo tenant unless it exists, and write `run.json`.

    Raises:
        Complaint: a key or the group could not be created.
    """
    earlier = _earlier(places)
    operator = Operator(engine, stack.artefacts.dependencies_layer_zip)
    keys = [earlier.get(name, "") for name in ("apiKey", "sandboxApiKey")]
    if all(_works(Api(stack.api, key)) for key in keys):
        say("demo tenant: the keys exist")
        numbered = earlier.get("number") == NUMBER
    else:
        numbered = False
        operator.create_tenant(TENANT, "Demo", COUNTRY)
        # Every start sends a text to the same three people; the default limit of 5 texts in 15 minutes would stop one.
        operator.run(
            "tenant", "set", "--tenant", TENANT, "--number-rate", "off", "--call-rate", "off", "--password-grant", "on"
        )
        rights = ("canSetLifetime", "canReadAlerts", "canReadStores", "canUseBus", "canSendEvents")
        keys = [operator.create_key(NewKey(TENANT, kind, f"Demo, {kind}", rights)) for kind in ("live", "sandbox")]
        say("demo tenant: made a live and a sandbox key")
    if not numbered:
        operator.give_number(TENANT, keys[0], NUMBER)
    pool = stack.outputs["UserPoolId"]
    mail_server = servers.mail_server
    known, now = earlier.get("users", []), datetime.now(UTC) + ahead(places)
    users = seed_people(operator, Aws(engine.url), pool, TENANT, stack.api, mail_server, known, now, say)
    found = Found(stack.api, engine.url, keys[0], keys[1], servers, users)
    _store_group(Api(stack.api, found.api_key))
    _write_private(places, found)
    return found


def _earlier(places: Places) -> dict[str, Any]:
    try:
        read = json.loads(places.run.read_text())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _works(api: Api) -> bool:
    return bool(api.key) and api.get("/alerts?limit=1").status == 200


def _store_group(api: Api) -> None:
    """Store the group; a repeat replaces the content of the same name."""
    body = {
        "version": "latest",
        "apiKey": api.key,
        "clientRef": "demo",
        "content": [
            {
                "contentType": "contactGroup",
                "tag": GROUP,
                "contentEncoding": "json",
                "content": {"name": GROUP, "contacts": CONTACTS},
                "storeDetails": {"storeName": GROUP},
            }
        ],
    }
    answer = api.post("/storecontent", body)
    if answer.status != 200 or not answer.body.get("success"):
        raise Complaint(f"the demo contact group could not be stored: {answer.status} {answer.body}")


def _write_private(places: Places, found: Found) -> None:
    unfinished = places.run.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(found.as_json() | {"now": shown_now(places)}, file, indent=2)
        file.write("\n")
    unfinished.replace(places.run)
