"""Browsers of some people of the demo tenant are pushed to, so that pushes can be seen on the simulator's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.api import Api
from infra.local.browser.browsers import Browsers
from infra.local.commands.people import taken

WHO = ("olivia@northwater.example", "marco@northwater.example")
"""Who has an appointment, and who follows line 2010."""

SUBSCRIPTIONS = "/users/me/push_subscriptions"

ON: Mapping[str, Any] = {"channels": {"browser": True}}
"""The switch of a person's settings without which no notice is pushed."""


def subscribe(browsers: Browsers, api: str, token_of: Callable[[str], str]) -> None:
    """Subscribe each browser that is not subscribed yet, as its person. Raises Complaint.

    Args:
        api: address of the API.
        token_of: makes a personal token of an address.
    """
    for email in WHO:
        if not browsers.is_subscribed(email):
            owner = Api(api, token_of(email))
            if former := browsers.former(email):
                owner.delete(f"{SUBSCRIPTIONS}/{former}")
            subscribe_one(owner, browsers.subscription(email), "Browser of the simulator")
            browsers.subscribed(email)


def subscribe_one(api: Api, subscription: Mapping[str, object], device: str) -> str:
    """Subscribe a browser of the caller, with details, and return its id. Switches the caller's pushes on."""
    taken(api.patch("/users/me/notification_settings", ON), "switch pushes on")
    made = taken(api.post(SUBSCRIPTIONS, {**subscription, "details": True, "device": device}), "subscribe")
    return str(made["id"])
