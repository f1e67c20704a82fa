"""Sessions of the console in DynamoDB, in the partition of their person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.directory.keys import thing_key
from tocsin.adapters.dynamodb.directory.rows import thing_of
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, key_of, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.session import WHOLE, Proof, Session
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer

_SESSION = "SESSION#"


class DynamoDbSessions:
    """Rows `T#<tenant>#U#<user>` / `SESSION#<id>`. The row goes 12 hours after the sign-in at the latest."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, session: Session) -> None:
        """Store a new session. One of this id is not replaced."""
        row = _key(session.tenant, session.user, session.id) | expiry(session.created_at + WHOLE)
        row |= {
            "hash": {"S": session.secret_hash},
            "created": time(session.created_at),
            "seen": time(session.seen_at),
            "proved": time(session.proved_at),
            "proof": {"S": session.proof.value},
        }
        row |= seal(self._sealer, session.tenant, row, [session.form_secret.hex(), session.device])
        self._table.write_if(put(row, FREE))

    def find(self, tenant: TenantId, user: UserId, session_id: str) -> tuple[Session, User] | None:
        """Return a session and its person in one read, strongly consistent; None = one of them is not there."""
        keys = [_key(tenant, user, session_id), thing_key(tenant, Kind.USER, user)]
        rows = {row["sk"]["S"]: row for row in self._table.get_all(keys, "sessions")}
        if len(rows) != len(keys):
            return None
        person = thing_of(self._sealer, tenant, Kind.USER, rows[keys[1]["sk"]["S"]])
        assert isinstance(person, User)
        return self._session(tenant, user, rows[keys[0]["sk"]["S"]]), person

    def seen(self, session: Session, at: datetime) -> None:
        """Move the time of the last use, in the session and in its person. A session that has ended stays so."""
        seen = {":at": time(at)}
        if self._table.write_if(update(_key(session.tenant, session.user, session.id), "SET seen = :at", THERE, seen)):
            self._table.write_if(
                update(thing_key(session.tenant, Kind.USER, session.user), "SET seen = :at", THERE, seen)
            )

    def end(self, tenant: TenantId, user: UserId, session_id: str) -> None:
        """End one session. One that is not there is no error."""
        self._table.write(delete(_key(tenant, user, session_id)))

    def end_all(self, tenant: TenantId, user: UserId, but: str | None = None) -> int:
        """End all sessions of a person, but for one if given. Return how many ended."""
        rows = self._table.beginning_with(_pk(tenant, user), _SESSION)
        ended = [row for row in rows if row["sk"]["S"] != f"{_SESSION}{but}"]
        for row in ended:
            self._table.write(delete(key_of(row)))
        return len(ended)

    def of(self, tenant: TenantId, user: UserId, now: datetime) -> Sequence[Session]:
        """Return the sessions that have not ended, newest first."""
        rows = self._table.beginning_with(_pk(tenant, user), _SESSION)
        found = [self._session(tenant, user, row) for row in rows]
        return sorted((s for s in found if not s.is_over(now)), key=lambda s: s.created_at, reverse=True)

    def _session(self, tenant: TenantId, user: UserId, row: Item) -> Session:
        form_secret, device = unseal(self._sealer, tenant, row)
        return Session(
            tenant=tenant,
            user=user,
            id=row["sk"]["S"].removeprefix(_SESSION),
            secret_hash=row["hash"]["S"],
            form_secret=bytes.fromhex(form_secret),
            created_at=time_of(row, "created"),
            seen_at=time_of(row, "seen"),
            proved_at=time_of(row, "proved"),
            proof=Proof(row["proof"]["S"]),
            device=device,
        )


def _pk(tenant: TenantId, user: UserId) -> str:
    return f"T#{tenant}#U#{user}"


def _key(tenant: TenantId, user: UserId, session_id: str) -> Item:
    return key(_pk(tenant, user), f"{_SESSION}{session_id}")
