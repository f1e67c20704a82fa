"""People who can sign in to the console of the deployed system."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.stack.system import System

PASSWORD = "a sentence that is long enough"
NUMBER = "+447700900060"
"""A number of acme, to which people can answer."""


@dataclass(frozen=True)
class Person:
    """One person of acme."""

    email: str
    name: str


def person(system: System, role: str, name: str) -> Person:
    """Make a person of acme who has a password; a repeat changes nothing."""
    email = f"{role.replace('_', '-')}@acme.example"
    pool, cognito = system.stack.outputs["UserPoolId"], system.aws.client("cognito-idp")
    known = cognito.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"]
    if not known:
        system.operator.run("user", "create", "--tenant", "acme", "--email", email, "--name", name, "--role", role)
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)
    return Person(email, name)


def signed_in(page: Page, who: Person) -> Page:
    """Sign in by the form; the page is then the person's first one."""
    page.goto("console")
    page.get_by_label("Email address").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/console/(alerts|me)"))
    return page
