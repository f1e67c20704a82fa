"""The people of the demo tenant, one of each role, whose passwords are in `run.json`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.local.aws import Aws
from infra.local.commands.keys import Operator

PEOPLE = (
    ("Olivia Hart", "olivia@northwater.example", "account_owner"),
    ("Adam Stone", "adam@northwater.example", "admin"),
    ("Maya Reed", "maya@northwater.example", "manager"),
    ("Quentin Moss", "quentin@northwater.example", "queue_manager"),
    ("Uma Lane", "uma@northwater.example", "user"),
    ("Rita Field", "rita@northwater.example", "reporting"),
)
"""Name, address of the sign-in, role."""


def seed_people(
    operator: Operator,
    aws: Aws,
    pool: str,
    tenant: str,
    earlier: Sequence[Mapping[str, Any]],
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Make the people unless an earlier start made them; return them with their passwords.

    The operator's command invites them by mail, as anywhere. Here their passwords are also set, so that a newcomer
    signs in at once.

    Args:
        pool: id of the Cognito user pool.
        earlier: `users` of the earlier `run.json`.
    """
    cognito = aws.client("cognito-idp")
    known = {person.get("email"): person for person in earlier}
    if all(email in known and _is_there(cognito, pool, email) for _, email, _ in PEOPLE):
        return [dict(known[email]) for _, email, _ in PEOPLE]
    made = []
    for name, email, role in PEOPLE:
        words = ("--tenant", tenant, "--email", email, "--name", name, "--role", role)
        id = operator.run("user", "create", *words).partition('"user": "')[2].partition('"')[0]
        password = secrets.token_urlsafe(12)
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
        made.append({"id": id, "email": email, "password": password, "role": role, "name": name})
    say(f"demo tenant: made {len(made)} people who can sign in")
    return [{**person, "billing": False, "companies": []} for person in made]


def _is_there(cognito: Any, pool: str, email: str) -> bool:
    try:
        cognito.admin_get_user(UserPoolId=pool, Username=email)
    except cognito.exceptions.UserNotFoundException:
        return False
    return True
