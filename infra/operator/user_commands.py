"""Commands for people: the first person of a tenant."""

from __future__ import annotations

import argparse
import json
from typing import Any

from infra.operator.context import Command, OperatorContext
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.sign_in.application.invite import NotInvited

_SENTENCES = {
    NotInvited.ACTIVE: "this person has signed in already",
    NotInvited.DISABLED: "this person is disabled",
    NotInvited.OFTEN: "this person was invited five times within 24 hours; invite again tomorrow",
}


def create_user(context: OperatorContext, arguments: argparse.Namespace) -> None:
    """Add a person to a tenant and invite them by mail; safe to repeat until they have signed in."""
    tenant = TenantId(arguments.tenant)
    if context.tenants.get(tenant) is None:
        raise InvalidRequest([Fault("/tenant", "UNKNOWN", f"there is no tenant {tenant}")])
    role = SystemRole(arguments.role)
    user = context.add_person(tenant, arguments.email, arguments.name, role, OPERATOR, Via.OPERATOR)
    invited = context.invite(user, OPERATOR, Via.OPERATOR)
    if isinstance(invited, NotInvited):
        raise InvalidRequest([Fault("/email", "CONFLICT", _SENTENCES[invited])])
    line = {"tenant": tenant, "user": invited.id, "role": invited.role, "state": invited.state.value}
    print(json.dumps(line))


def add_commands(user: Any, command: Command) -> None:
    """Add the commands to the parser."""
    create = command(user, "create", create_user)
    create.add_argument("--email", required=True, help="address of the sign-in; the invitation goes there")
    create.add_argument("--name", required=True, help="the person's name")
    create.add_argument(
        "--role", required=True, choices=[role.value for role in SystemRole], help="one of the six roles"
    )
