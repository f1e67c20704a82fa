"""Personal tokens in DynamoDB, in the partition of their person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.directory.keys import thing_key
from tocsin.adapters.dynamodb.directory.rows import thing_of
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, key_of, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.entry import AuditEntry
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer

_TOKEN = "TOKEN#"  # noqa: S105


class DynamoDbPersonalTokens:
    """Rows `T#<tenant>#U#<user>` / `TOKEN#<id>`, until the token expires."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, token: PersonalToken, entry: AuditEntry) -> PersonalToken:
        """Store a new token with its audit entry, or neither; a repeat with the same secret changes nothing."""
        place = _key(token.tenant, token.user, token.id)
        row = place | expiry(token.expires_at)
        row |= {
            "hash": {"S": token.secret_hash},
            "created": time(token.created_at),
            "reads": {"BOOL": token.read_only},
            "manages": {"BOOL": token.manages_people},
        }
        row |= seal(self._sealer, token.tenant, row, token.name)
        if self._table.commit([put(row, FREE), put(entry_row(self._sealer, entry))]) is None:
            return token
        there = self._table.get(place)
        if there is None or there["hash"]["S"] != token.secret_hash:
            raise StaleWrite("another personal token has this id")
        return self._token(token.tenant, token.user, there)

    def find(self, tenant: TenantId, user: UserId, token_id: str) -> tuple[PersonalToken, User] | None:
        """Return a token and its person, strongly consistent; None = one of them is not there."""
        row = self._table.get(_key(tenant, user, token_id))
        person = None if row is None else self._table.get(thing_key(tenant, Kind.USER, user))
        if row is None or person is None:
            return None
        found = thing_of(self._sealer, tenant, Kind.USER, person)
        assert isinstance(found, User)
        return self._token(tenant, user, row), found

    def used(self, token: PersonalToken, at: datetime) -> None:
        """Move the time of the last use. A token that was deleted stays so."""
        place = _key(token.tenant, token.user, token.id)
        self._table.write_if(update(place, "SET used = :at", THERE, {":at": time(at)}))

    def delete(self, tenant: TenantId, user: UserId, token_id: str, entry: AuditEntry) -> bool:
        """Delete a token and store the audit entry, or neither. Return whether it was there."""
        row = delete(_key(tenant, user, token_id), THERE)
        return self._table.commit([row, put(entry_row(self._sealer, entry))]) is None

    def delete_all(self, tenant: TenantId, user: UserId) -> int:
        """Delete all tokens of a person. Return how many there were."""
        rows = list(self._table.beginning_with(_pk(tenant, user), _TOKEN))
        for row in rows:
            self._table.write(delete(key_of(row)))
        return len(rows)

    def of(self, tenant: TenantId, user: UserId, now: datetime) -> Sequence[PersonalToken]:
        """Return the tokens that have not expired, newest first."""
        rows = self._table.beginning_with(_pk(tenant, user), _TOKEN)
        found = [self._token(tenant, user, row) for row in rows if not expired(row, now)]
        return sorted(found, key=lambda token: token.created_at, reverse=True)

    def _token(self, tenant: TenantId, user: UserId, row: Item) -> PersonalToken:
        return PersonalToken(
            tenant=tenant,
            user=user,
            id=row["sk"]["S"].removeprefix(_TOKEN),
            secret_hash=row["hash"]["S"],
            name=unseal(self._sealer, tenant, row),
            created_at=time_of(row, "created"),
            expires_at=time_of(row, "exp"),
            read_only=row["reads"]["BOOL"],
            manages_people=row["manages"]["BOOL"],
            used_at=time_or_none(row, "used"),
        )


def _pk(tenant: TenantId, user: UserId) -> str:
    return f"T#{tenant}#U#{user}"


def _key(tenant: TenantId, user: UserId, token_id: str) -> Item:
    return key(_pk(tenant, user), f"{_TOKEN}{token_id}")
