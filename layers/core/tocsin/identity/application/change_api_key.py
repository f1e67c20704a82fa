"""Change an API key: enable, disable, replace settings, or give it a new token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.create_api_key import NewApiKey, normal_networks, owner_of, settings_faults
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key import ApiKey, FormerToken
from tocsin.identity.domain.api_key_token import ENTROPY_BYTES, ApiKeyToken, new_secret
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Randomness, Sealer


@dataclass(frozen=True, slots=True)
class ChangeApiKey:
    """Changes one key at a time. All functions use the new settings within 30 s; alerts of the key continue.

    Every method raises NotFound if the tenant has no such key.
    """

    keys: ApiKeyRepository
    sealer: Sealer
    randomness: Randomness
    egress: EgressPolicy = CLOSED

    def enable(self, tenant: TenantId, key_id: ApiKeyId, *, enabled: bool) -> None:
        """Enable or disable the key; a repeat changes nothing."""
        key = self._known(tenant, key_id)
        if key.enabled is not enabled:
            self.keys.save(replace(key, enabled=enabled))

    def set(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        *,
        before: Callable[[ApiKey, ApiKey], None] = lambda was, will: None,
        **changes: Any,
    ) -> ApiKey:
        """Replace settings and return the key.

        Args:
            before: told of the key as it was and will be, when everything is right and before it is stored.
            changes: attributes of `ApiKey`: name, rights, networks, notification, transliterate, callback_url,
                callback_encoding, owner_email, personal_cap, mail_bytes, role, company. An absent one stays.

        Raises:
            InvalidRequest: as for a new key, or an encoding without a URL; then nothing was changed.
        """
        was = self._known(tenant, key_id)
        key = replace(was, **changes)
        faults = settings_faults(key, self.egress)
        owner, owner_faults = owner_of(key.owner_email)
        if faults + owner_faults:
            raise InvalidRequest(faults + owner_faults)
        key = replace(key, name=key.name.strip(), networks=normal_networks(key.networks), owner_email=owner)
        before(was, key)
        self.keys.save(key)
        return key

    def rotate(self, tenant: TenantId, key_id: ApiKeyId, until: datetime | None = None) -> NewApiKey:
        """Replace the key's token; everything else stays.

        Args:
            until: the present token is accepted as long; None = it is rejected within 30 s. An older one ends at once.
        """
        key = self._known(tenant, key_id)
        former = None if until is None else FormerToken(key.secret_hash, until)
        token = ApiKeyToken(key.kind, tenant, key.id, new_secret(self.randomness.token(ENTROPY_BYTES)))
        key = replace(key, secret_hash=token.digest(pepper_of(self.sealer, tenant)), former=former)
        self.keys.save(key)
        return NewApiKey(key, str(token))

    def end_former(self, tenant: TenantId, key_id: ApiKeyId) -> None:
        """Reject the token before the present one, within 30 s; a repeat changes nothing."""
        key = self._known(tenant, key_id)
        if key.former is not None:
            self.keys.save(replace(key, former=None))

    def _known(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey:
        key = self.keys.get(tenant, key_id)
        if key is None:
            raise NotFound("API key")
        return key
