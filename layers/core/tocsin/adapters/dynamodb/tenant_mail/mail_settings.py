"""The mail settings of accounts in DynamoDB, and what is known of their mail servers: a row each, sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import instant, key, milliseconds, number, time
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.tenant_mail.domain.mail_settings import (
    MailAuth,
    MailFlag,
    MailSecrets,
    MailServerState,
    MailServerType,
    MailSettings,
    MailTransport,
    OnUnknown,
    ServerState,
)

MAIL = "MAIL"
"""Sort key of the settings."""

_STATE = "MAIL#STATE"
_SECRETS = "keys"
_PLAIN = ("server", "port", "username", "tls", "starttls", "from_address", "reply_to", "client_id", "mails_a_minute")
_OF_SECRETS = ("password", "client_secret", "refresh_token")


class DynamoDbMailSettingsStore:
    """Rows `T#<t>` / `MAIL` and `MAIL#STATE`. The secrets are a second attribute of the first row."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId) -> MailSettings:
        """Return the settings with their secrets, strongly consistent; the defaults if they were never saved."""
        row = self._table.get(_key(tenant, MAIL))
        return MailSettings(tenant=tenant) if row is None else self._settings(tenant, row)

    def save(self, settings: MailSettings, now: datetime) -> bool:
        """Store settings over the version before their own. False: another writer was first; read again."""
        row = _key(settings.tenant, MAIL) | {"v": number(settings.version), "at": time(now)}
        written: dict[str, Any] = {name: getattr(settings, name) for name in _PLAIN}
        written |= {
            "type": settings.type,
            "auth": settings.auth,
            "on_unknown": settings.on_unknown,
            "transport": settings.transport,
            "recipients": settings.recipients,
            "flags": dict(settings.flags),
        }
        row |= seal(self._sealer, settings.tenant, row, written)
        secrets = {name: getattr(settings.secrets, name) for name in _OF_SECRETS}
        row |= seal(self._sealer, settings.tenant, row, secrets, _SECRETS)
        standing = self._table.write_or_find(_over(row, settings.version))
        # An earlier try of this call, whose response was lost, may have written it.
        return standing is None or (bool(standing) and self._settings(settings.tenant, standing) == settings)

    def state(self, tenant: TenantId) -> MailServerState:
        """Return the state of the account's mail server, strongly consistent."""
        row = self._table.get(_key(tenant, _STATE))
        return MailServerState() if row is None else self._state(tenant, row)

    def save_state(self, tenant: TenantId, state: MailServerState) -> bool:
        """Store a state over the version before its own. False: another writer was first; read again."""
        row = _key(tenant, _STATE) | {"v": number(state.version)}
        written = {
            "state": state.state,
            "since": None if state.since is None else milliseconds(state.since),
            "reason": state.reason,
            "said": state.said,
            "tries_at": None if state.tries_at is None else milliseconds(state.tries_at),
            "told": state.told,
        }
        row |= seal(self._sealer, tenant, row, written)
        return self._table.write_if(_over(row, state.version))

    def _settings(self, tenant: TenantId, row: Item) -> MailSettings:
        written = unseal(self._sealer, tenant, row)
        return MailSettings(
            tenant=tenant,
            type=None if written["type"] is None else MailServerType(written["type"]),
            auth=MailAuth(written["auth"]),
            on_unknown=OnUnknown(written["on_unknown"]),
            transport=MailTransport(written["transport"]),
            recipients=tuple(written["recipients"]),
            flags=tuple((MailFlag(name), value) for name, value in written["flags"].items()),
            secrets=MailSecrets(**unseal(self._sealer, tenant, row, _SECRETS)),
            version=int(row["v"]["N"]),
            **{name: written[name] for name in _PLAIN if name in written},
        )

    def _state(self, tenant: TenantId, row: Item) -> MailServerState:
        written = unseal(self._sealer, tenant, row)
        return MailServerState(
            state=ServerState(written["state"]),
            since=None if written["since"] is None else instant(written["since"]),
            reason=written["reason"],
            said=written["said"],
            tries_at=None if written["tries_at"] is None else instant(written["tries_at"]),
            told=written["told"],
            version=int(row["v"]["N"]),
        )


def _key(tenant: TenantId, sk: str) -> Item:
    return key(f"T#{tenant}", sk)


def _over(row: Item, version: int) -> Item:
    """Return the action that writes a row over the version before `version`; version 1 is written where none is."""
    if version == 1:
        return put(row, FREE)
    return put(row, "#v = :before", {":before": number(version - 1)})
