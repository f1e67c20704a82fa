"""Composition of what tells who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.authenticate_caller import AuthenticateCaller
from tocsin.identity.application.authenticate_token import AuthenticateToken

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage


def authenticate_caller(storage: Storage) -> AuthenticateCaller:
    """Return the use case that checks tokens of every kind."""
    people, sealer = storage.directory, storage.sealer
    return AuthenticateCaller(
        by_key=Authenticate(storage.api_keys, sealer, storage.clock),
        by_personal_token=AuthenticateToken(storage.personal_tokens, people, sealer, storage.clock),
        people=people,
    )
