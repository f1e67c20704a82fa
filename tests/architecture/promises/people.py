"""Promises about where people prove who they are."""

from __future__ import annotations

from collections.abc import Iterator

from tests.architecture.deployment import Deployment
from tests.architecture.promises import promise


@promise
def passwords_are_long_and_of_any_characters(stack: Deployment) -> Iterator[str]:
    for pool in stack.of("Cognito::UserPool"):
        policy = pool.properties["Policies"]["PasswordPolicy"]
        if policy["MinimumLength"] < 12:
            yield f"{pool.name}: short"
        yield from (f"{pool.name}: {rule}" for rule, on in policy.items() if rule.startswith("Require") and on)


@promise
def nobody_signs_up_or_tries_passwords_past_the_throttle(stack: Deployment) -> Iterator[str]:
    for pool in stack.of("Cognito::UserPool"):
        if pool.properties["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is not True:
            yield f"{pool.name}: sign-up"
    for client in stack.of("Cognito::UserPoolClient"):
        if set(client.properties["ExplicitAuthFlows"]) != {
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        }:
            yield f"{client.name}: flows"
        if client.properties["PreventUserExistenceErrors"] != "ENABLED":
            yield f"{client.name}: tells who exists"
