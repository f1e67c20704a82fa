"""Authenticate a person by a personal token."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from tocsin.audit.domain.actor import Via
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.personal_token import USED_EVERY, parse_personal_token
from tocsin.identity.domain.principal import Principal
from tocsin.identity.ports.people import People
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import StorageUnavailable, Unauthorized
from tocsin.kernel.ports import Clock, Sealer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuthenticateToken:
    """Checks a personal token. Token and person are read with each call: neither is remembered."""

    tokens: PersonalTokens
    people: People
    sealer: Sealer
    clock: Clock

    def __call__(self, text: str) -> Principal:
        """Return the person, who may do what their role allows now, cut to what the token may.

        Raises:
            Unauthorized: a malformed, unknown, expired or deleted token, a wrong secret, or a person who is disabled;
                it does not say which.
            StorageUnavailable: the token cannot be read now.
        """
        token, now = parse_personal_token(text), self.clock()
        found = None if token is None else self.tokens.find(token.tenant, token.user, token.id)
        if token is None or found is None:
            raise Unauthorized
        kept, user = found
        if not token.matches(kept.secret_hash, pepper_of(self.sealer, token.tenant)) or not kept.admits(user, now):
            raise Unauthorized
        if kept.used_at is None or now - kept.used_at >= USED_EVERY:
            try:
                self.tokens.used(kept, now)
            except StorageUnavailable:
                _log.warning("use_not_kept", extra={"tenant": user.tenant, "user": user.id})
        caller = PersonPrincipal(self.people)(user, Via.API, "")
        return replace(caller, read_only=kept.read_only, manages_people=kept.manages_people)
