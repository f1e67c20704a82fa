"""All routes of the settings API, each with the use cases it needs. The tests use the same routes with fakes."""

from __future__ import annotations

from chalice.app import Blueprint

from settings_api.caller import Caller
from settings_api.routes.answering import SettingsCalls
from settings_api.routes.importing import importing_routes
from settings_api.routes.keys import keys_routes
from settings_api.routes.oauth import oauth_routes
from settings_api.routes.people import people_routes
from settings_api.routes.things import things_routes
from settings_api.routes.tokens import tokens_routes
from tocsin.bootstrap.directory import DirectoryUseCases
from tocsin.sign_in.application.password_grant import PasswordGrant


def blueprints(use: DirectoryUseCases, caller: Caller, grant: PasswordGrant, console_url: str = "") -> list[Blueprint]:
    """Return the routes, to be registered with the app.

    Args:
        grant: access tokens for programs.
        console_url: where people reach the console, as `Call.address_by` reads it.
    """
    calls = SettingsCalls(caller, use.read, use.write, use.delete, use.person_states, use.idempotent_call, console_url)
    return [
        people_routes(calls),
        keys_routes(caller, use.keys, use.capacities, use.waits_under_key, use.idempotent_call),
        tokens_routes(caller, use.own_tokens, use.idempotent_call),
        oauth_routes(grant),
        importing_routes(calls, use.import_directory),
        things_routes(calls),
    ]
