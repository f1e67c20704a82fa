"""A person's own tokens: make, list, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key_token import ENTROPY_BYTES, new_key_id, new_secret
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.personal_token import MOST, NewToken, PersonalToken, PersonalTokenText
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.refusals import StepUpRequired
from tocsin.identity.domain.session import PROOF
from tocsin.identity.domain.user import User
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotFound, NotPossible
from tocsin.kernel.ports import Clock, Randomness, Sealer


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token and its text, which cannot be read again."""

    token: PersonalToken
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """Personal tokens of the caller, who is a person. Each change has an entry in the audit trail."""

    tokens: PersonalTokens
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def make(self, caller: Principal, wanted: NewToken, seed: bytes | None = None) -> MadeToken:
        """Make a token. Only its keyed hash is stored.

        Args:
            seed: the same for every repeat of the call, which gets the same token; None = a new one.

        Raises:
            Forbidden: the caller is an API key, or a token that only reads.
            StepUpRequired: the person's last proof is older than 15 minutes, or was none.
            InvalidRequest: name, days or flags are wrong.
            NotPossible: the person has the most tokens.
        """
        user, now = self.check_may_make(caller), self.clock()
        if faults := wanted.faults():
            raise InvalidRequest(faults)
        text = self._text(user, seed)
        standing = self.tokens.of(user.tenant, user.id, now)
        if len(standing) >= MOST and all(each.id != text.id for each in standing):
            raise NotPossible(f"a person has {MOST} personal tokens at most; delete one first")
        token = PersonalToken(
            tenant=user.tenant,
            user=user.id,
            id=text.id,
            secret_hash=text.digest(pepper_of(self.sealer, user.tenant)),
            name=" ".join(wanted.name.split()),
            created_at=now,
            expires_at=now + timedelta(days=wanted.days),
            read_only=wanted.read_only,
            manages_people=wanted.manages_people,
        )
        return MadeToken(self.tokens.add(token, self._entry(caller, "created", token, after=_told(token))), str(text))

    def check_may_make(self, caller: Principal) -> User:
        """Return the person who makes a token. Raises Forbidden and StepUpRequired."""
        user = self.check_may_change(caller)
        if caller.proved_at is None or not self.clock() < caller.proved_at + PROOF:
            raise StepUpRequired
        return user

    def check_may_change(self, caller: Principal) -> User:
        """Return the person whose tokens are changed. Raises Forbidden: an API key, or a token that only reads."""
        user = _person(caller)
        if caller.read_only:
            raise Forbidden(Permission.SELF.value)
        return user

    def list(self, caller: Principal) -> Sequence[PersonalToken]:
        """Return the tokens that have not expired, newest first. Raises Forbidden for an API key."""
        user = _person(caller)
        return self.tokens.of(user.tenant, user.id, self.clock())

    def delete(self, caller: Principal, token_id: str) -> None:
        """Delete a token; it is refused from now on.

        Raises:
            Forbidden: the caller is an API key, or a token that only reads.
            NotFound: the person has no such token.
        """
        user = self.check_may_change(caller)
        found = next((token for token in self.list(caller) if token.id == token_id), None)
        if found is None or not self.tokens.delete(
            user.tenant, user.id, token_id, self._entry(caller, "deleted", found, before=_told(found))
        ):
            raise NotFound("personal token")

    def _text(self, user: User, seed: bytes | None) -> PersonalTokenText:
        if seed is None:
            token_id, entropy = new_key_id(self.randomness.token(8)), self.randomness.token(ENTROPY_BYTES)
        else:
            token_id = new_key_id(self.sealer.fingerprint(user.tenant, "personal-token-id", seed))
            entropy = self.sealer.fingerprint(user.tenant, "personal-token", seed)
        return PersonalTokenText(user.tenant, user.id, token_id, new_secret(entropy))

    def _entry(
        self,
        caller: Principal,
        verb: str,
        token: PersonalToken,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> AuditEntry:
        thing = Thing("token", token.id, token.name)
        return audit_entry(caller, f"token.{verb}", thing, before, after, at=self.clock(), randomness=self.randomness)


def _person(caller: Principal) -> User:
    caller.need(Permission.SELF)
    if caller.user is None:
        raise Forbidden("an API key has no personal tokens")
    return caller.user


def _told(token: PersonalToken) -> dict[str, Any]:
    return {
        "name": token.name,
        "read_only": token.read_only,
        "manages_people": token.manages_people,
        "expires_at": token.expires_at.isoformat(),
    }
