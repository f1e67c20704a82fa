"""API keys, managed by a person of the tenant: list, make, change, disable, enable, rotate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tocsin.audit.domain.entry import Thing, changes
from tocsin.audit.ports import AuditTrail
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.application.change_api_key import ChangeApiKey
from tocsin.identity.application.create_api_key import CreateApiKey, NewApiKey
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.api_key_token import ApiKeyToken, new_key_id, new_secret
from tocsin.identity.domain.grants import check_key_grant
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.identity.ports.people import People
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, TenantId
from tocsin.kernel.ports import Clock, Randomness, Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageKeys:
    """API keys of the caller's tenant. The audit entry of a change is stored before it; a repeat tells nothing new.

    Attributes:
        has_company: whether a tenant has a company.

    Raises:
        Forbidden: the caller may not manage keys, or is an API key, which never makes or changes keys.
        NotFound: the tenant has no such key, or it is the account key.
        ExceedsYours: the key may do more than the caller, before or after the change.
        InvalidRequest: what a key cannot be.
    """

    keys: ApiKeyRepository
    people: People
    has_company: Callable[[TenantId, CompanyId], bool]
    create: CreateApiKey
    change: ChangeApiKey
    trail: AuditTrail
    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def check_may_change(self, caller: Principal) -> None:
        """Raise Forbidden or StepUpRequired unless the caller may make and change keys."""
        caller.need(Permission.KEYS, Reach.ALL)
        if caller.key is not None:
            raise Forbidden("an API key makes no keys")
        if caller.read_only:
            raise Forbidden(Permission.KEYS.value)
        caller.check_may_manage_people()

    def list(self, caller: Principal) -> Sequence[ApiKey]:
        """Return all keys, by id."""
        caller.need(Permission.KEYS, Reach.ALL)
        return self.keys.list(caller.tenant)

    def get(self, caller: Principal, key_id: str) -> ApiKey:
        """Return one key."""
        caller.need(Permission.KEYS, Reach.ALL)
        found = None if key_id == ACCOUNT_KEY else self.keys.get(caller.tenant, ApiKeyId(key_id))
        if found is None:
            raise NotFound("API key")
        return found

    def make(
        self,
        caller: Principal,
        kind: KeyKind,
        fields: Mapping[str, Any],
        capacities: Mapping[Channel, int],
        seed: bytes | None = None,
    ) -> NewApiKey:
        """Make a key.

        Args:
            fields: attributes of `ApiKey`: name, rights, networks, owner_email, role, company.
            seed: the same for every repeat of the call, which gets the same key and token; None = a new one.
        """
        self.check_may_change(caller)
        given = dict(fields)
        wanted = ApiKey(caller.tenant, ApiKeyId(""), kind, secret_hash="", **given)
        self._check(caller, wanted)
        key_id, entropy = None, None
        if seed is not None:
            key_id = new_key_id(self.sealer.fingerprint(caller.tenant, "api-key-id", seed))
            entropy = self.sealer.fingerprint(caller.tenant, "api-key-secret", seed)
            token = ApiKeyToken(kind, caller.tenant, key_id, new_secret(entropy))
            there = self.keys.get(caller.tenant, key_id)
            if there is not None and token.matches(there.secret_hash, pepper_of(self.sealer, caller.tenant)):
                return NewApiKey(there, str(token))
        return self.create(
            caller.tenant,
            kind,
            given.pop("name"),
            **given,
            capacities=capacities,
            key_id=key_id,
            entropy=entropy,
            before=lambda key: self._record(caller, key, "created", {}, told(key)),
        )

    def set(self, caller: Principal, key_id: str, fields: Mapping[str, Any]) -> ApiKey:
        """Replace settings: attributes of `ApiKey` as for `make`. An absent one stays."""
        before = self._changeable(caller, key_id)
        after = replace(before, **fields)
        self._check(caller, after)
        was, became = changes(told(before), told(after))
        if not became and not was:
            return before
        return self.change.set(
            caller.tenant,
            before.id,
            **fields,
            before=lambda _, key: self._record(caller, key, "updated", was, became),
        )

    def enable(self, caller: Principal, key_id: str, *, enabled: bool) -> ApiKey:
        """Enable or disable a key. Disabling is allowed whatever the key may do; it holds within 30 s."""
        self.check_may_change(caller)
        key = self.get(caller, key_id)
        if key.enabled is enabled:
            return key
        if enabled:
            self._check_grant(caller, key)
        self._record(caller, key, "enabled" if enabled else "disabled", {}, {"enabled": enabled})
        self.change.enable(caller.tenant, key.id, enabled=enabled)
        return replace(key, enabled=enabled)

    def rotate(self, caller: Principal, key_id: str, overlap: timedelta, seed: bytes | None = None) -> NewApiKey:
        """Give a key a new token; a repeat with the seed gets the same one.

        Args:
            overlap: how long the former token is taken beside the new one; 0 = it is refused within 30 s.
        """
        key = self._changeable(caller, key_id)
        entropy = None
        if seed is not None:
            entropy = self.sealer.fingerprint(caller.tenant, "api-key-rotated", key.id.encode() + seed)
            token = ApiKeyToken(key.kind, key.tenant, key.id, new_secret(entropy))
            if token.matches(key.secret_hash, pepper_of(self.sealer, key.tenant)):
                return NewApiKey(key, str(token))
        self._record(caller, key, "rotated", {}, {"overlap": f"{overlap // timedelta(seconds=1)}s"})
        return self.change.rotate(caller.tenant, key.id, self.clock() + overlap if overlap else None, entropy)

    def _changeable(self, caller: Principal, key_id: str) -> ApiKey:
        self.check_may_change(caller)
        key = self.get(caller, key_id)
        self._check_grant(caller, key)
        return key

    def _check(self, caller: Principal, key: ApiKey) -> None:
        faults = []
        if key.role is not None and self._role(key) is None:
            faults.append(Fault("/role", "NO_SUCH_THING", "must be a system role or the id of a role", (key.role,)))
        if key.company is not None and not self.has_company(key.tenant, key.company):
            faults.append(Fault("/company", "NO_SUCH_THING", "must be the id of a company", (key.company,)))
        if faults:
            raise InvalidRequest(faults)
        self._check_grant(caller, key)

    def _check_grant(self, caller: Principal, key: ApiKey) -> None:
        check_key_grant(caller, key, self._role(key))

    def _role(self, key: ApiKey) -> Role | None:
        return None if key.role is None else self.people.role(key.tenant, key.role)

    def _record(
        self, caller: Principal, key: ApiKey, verb: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        thing = Thing("api_key", key.id, key.name)
        entry = audit_entry(
            caller, f"api_key.{verb}", thing, before, after, at=self.clock(), randomness=self.randomness
        )
        self.trail.record([entry])


def told(key: ApiKey) -> dict[str, Any]:
    """Return a key's settings in words of the API, as audit entries have them."""
    return {
        "name": key.name,
        "kind": key.kind.value,
        "rights": sorted(key.rights),
        "role": key.role,
        "company": key.company,
        "networks": list(key.networks),
        "owner_email": key.owner_email,
    }
