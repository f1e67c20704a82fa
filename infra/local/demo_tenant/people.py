"""The people of the demo tenant, at least one of each role, whose passwords are in `run.json`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from infra.local.api import Api
from infra.local.aws import Aws
from infra.local.commands.keys import Operator
from infra.local.demo_tenant.directory import (
    JOINING,
    fill_directory,
    make_appointment,
    make_integration,
    make_rule,
    set_mail_server,
    set_preferences,
)
from infra.local.outside.tenant_mail.server import MailAccess

PEOPLE = (
    ("Olivia Hart", "olivia@northwater.example", "account_owner"),
    ("Adam Stone", "adam@northwater.example", "admin"),
    ("Maya Reed", "maya@northwater.example", "manager"),
    ("Quentin Moss", "quentin@northwater.example", "queue_manager"),
    ("Uma Lane", "uma@northwater.example", "user"),
    ("Rita Field", "rita@northwater.example", "reporting"),
)
"""Name, address of the sign-in, role. The operator makes them; the others join by the owner's hand."""


def seed_people(
    operator: Operator,
    aws: Aws,
    pool: str,
    tenant: str,
    api: str,
    mail_server: MailAccess,
    earlier: Sequence[Mapping[str, Any]],
    now: datetime,
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Make people and directory unless an earlier start made them; return the people with their passwords.

    They are invited by mail, as anywhere. Here their passwords are also set, so that a newcomer signs in at once.

    Args:
        pool: id of the Cognito user pool.
        api: address of the API.
        mail_server: the account's own.
        earlier: `users` of the earlier `run.json`.
        now: the time on the engine's clock.
    """
    cognito = aws.client("cognito-idp")
    known = {person.get("email"): person for person in earlier}
    emails = [*(email for _, email, _ in PEOPLE), *(each.email for each in JOINING)]
    if all(email in known and _is_there(cognito, pool, email) for email in emails):
        return [dict(known[email]) for email in emails]
    made: list[dict[str, Any]] = []
    for name, email, role in PEOPLE:
        words = ("--tenant", tenant, "--email", email, "--name", name, "--role", role)
        id = operator.run("user", "create", *words).partition('"user": "')[2].partition('"')[0]
        made.append({"id": id, "email": email, "name": name, "role": role, "billing": False, "companies": []})
    owner, manager = made[0], next(each for each in made if each["role"] == "manager")
    as_owner = Api(api, operator.token_of(owner["email"]))
    made += fill_directory(as_owner, manager)
    set_preferences(as_owner, made)
    set_mail_server(as_owner, mail_server)
    make_integration(as_owner)
    make_appointment(as_owner, now)
    make_rule(Api(api, operator.token_of(made[1]["email"])))
    for person in made:
        person["password"] = secrets.token_urlsafe(12)
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=person["email"], Password=person["password"], Permanent=True
        )
    say(f"demo tenant: made {len(made)} people who can sign in, a directory, an alert rule and an appointment")
    return made


def _is_there(cognito: Any, pool: str, email: str) -> bool:
    try:
        cognito.admin_get_user(UserPoolId=pool, Username=email)
    except cognito.exceptions.UserNotFoundException:
        return False
    return True
