"""The directory, its people, their sessions and the audit trail, in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from tests.fakes.outage import Outage
from tocsin.audit.domain.entry import KEPT_FOR, AuditEntry
from tocsin.audit.ports import AuditPage, AuditQuery
from tocsin.directory.domain.natural_keys import FIELD, folded, kind_of, natural_keys
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.directory.domain.watched import is_watched
from tocsin.directory.ports import DirectoryChange, DirectoryPage, DirectoryWatch
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.role import Role, system_role
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import AlreadyExists, Fault, InvalidRequest, LastOwner, StaleWrite
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId


class FakeAuditTrail:
    """`entries` may be inspected."""

    def __init__(self) -> None:
        self.entries: dict[str, AuditEntry] = {}
        self.outage = Outage()

    def record(self, entries: Sequence[AuditEntry]) -> None:
        self.outage.check()
        for entry in entries:
            self.entries.setdefault(entry.id, entry)

    def read(self, tenant: TenantId, query: AuditQuery, limit: int, cursor: str | None, now: datetime) -> AuditPage:
        self.outage.check()
        place = f"{tenant}|{query}|"
        last = "~" if cursor is None else _place_of(cursor, place)
        since = max(query.since or now - KEPT_FOR, now - KEPT_FOR)
        found = [
            entry
            for entry in sorted(self.entries.values(), key=lambda entry: entry.id, reverse=True)
            if entry.tenant == tenant
            and entry.id < last
            and entry.at >= since
            and (query.until is None or entry.at < query.until)
            and query.person in (None, str(entry.who))
            and query.thing in (None, entry.thing.kind, f"{entry.thing.kind}:{entry.thing.id}")
            and query.action in (None, entry.action)
        ]
        page = found[:limit]
        return AuditPage(page, place + page[-1].id if len(found) > limit else None)


class SettingsOfPeople(Protocol):
    """What people chose, as `FakePreferencesStore` has it."""

    def forget(self, tenant: TenantId, user: UserId) -> None: ...


class FakeDirectory:
    """`things` may be inspected. The entries of changes go to `trail`, and settings go with their person."""

    def __init__(
        self,
        trail: FakeAuditTrail | None = None,
        settings: SettingsOfPeople | None = None,
        watch: Callable[[], DirectoryWatch] | None = None,
    ) -> None:
        self.things: dict[tuple[TenantId, Kind, str], AnyThing] = {}
        self.watch = watch
        self.trail = trail or FakeAuditTrail()
        self.settings = settings
        self.outage = Outage()

    def add(self, *things: AnyThing) -> None:
        """Put things into the directory without an audit entry, for a test's beginning."""
        for thing in things:
            self.things[thing.tenant, kind_of(thing), thing.id] = thing

    def get(self, tenant: TenantId, kind: Kind, id: str) -> AnyThing | None:
        self.outage.check()
        return self.things.get((tenant, kind, id))

    def get_many(self, tenant: TenantId, wanted: Sequence[tuple[Kind, str]]) -> Sequence[AnyThing]:
        found = (self.get(tenant, kind, id) for kind, id in dict.fromkeys(wanted))
        return [thing for thing in found if thing is not None]

    def list(self, tenant: TenantId, kind: Kind, limit: int, cursor: str | None) -> DirectoryPage:
        place = f"{tenant}|{kind}|"
        after = "" if cursor is None else _place_of(cursor, place)
        rest = [thing for thing in self.all(tenant, kind) if thing.id > after]
        return DirectoryPage(rest[:limit], place + rest[limit - 1].id if len(rest) > limit else None)

    def all(self, tenant: TenantId, kind: Kind) -> Sequence[AnyThing]:
        self.outage.check()
        mine = [thing for (owner, each, _), thing in self.things.items() if (owner, each) == (tenant, kind)]
        return sorted(mine, key=lambda thing: thing.id)

    def by_natural_key(self, tenant: TenantId, kind: Kind, key: str) -> AnyThing | None:
        return next((t for t in self.all(tenant, kind) if folded(key) in natural_keys(t)), None)

    def by_external_id(self, tenant: TenantId, kind: Kind, external_id: str) -> AnyThing | None:
        return next((t for t in self.all(tenant, kind) if _external(t) == external_id), None)

    def user(self, tenant: TenantId, user: UserId) -> User | None:
        found = self.get(tenant, Kind.USER, user)
        return found if isinstance(found, User) else None

    def memberships(self, sub: str) -> Sequence[User]:
        self.outage.check()
        people = [thing for thing in self.things.values() if isinstance(thing, User) and thing.sub == sub]
        return sorted(people, key=lambda user: (user.tenant, user.id))

    def by_email(self, tenant: TenantId, email: str) -> User | None:
        found = self.by_natural_key(tenant, Kind.USER, email)
        return found if isinstance(found, User) else None

    def role(self, tenant: TenantId, role: RoleId) -> Role | None:
        if role in {each.value for each in SystemRole}:
            return system_role(tenant, SystemRole(role))
        found = self.get(tenant, Kind.ROLE, role)
        return found if isinstance(found, Role) else None

    def commit(self, changes: Sequence[DirectoryChange]) -> None:
        watched = [change for change in changes if is_watched(change.before, change.after)]
        watch = self.watch() if watched and self.watch is not None else None
        if watch is not None:
            watch.before(watched)
        self._write(changes)
        if watch is not None:
            watch.after(watched)

    def _write(self, changes: Sequence[DirectoryChange]) -> None:
        self.outage.check()
        kept = dict(self.things)
        try:
            for change in changes:
                self._apply(change)
            for change in changes:
                if change.after is not None:
                    self._check_names(change.after)
        except Exception:
            self.things = kept
            raise
        self.trail.record([change.entry for change in changes])
        for change in changes:
            if self.settings is not None and isinstance(change.before, User) and change.after is None:
                self.settings.forget(change.before.tenant, change.before.id)

    def _apply(self, change: DirectoryChange) -> None:
        before, after = change.before, change.after
        thing = after or before
        assert thing is not None
        place = thing.tenant, kind_of(thing), thing.id
        standing = self.things.get(place)
        if (standing and standing.version) != (before and before.version):
            raise StaleWrite("another call changed this thing of the directory")
        if after is None:
            del self.things[place]
        else:
            self.things[place] = after
        if _is_owner(before) and not any(_is_owner(t) for t in self.things.values() if t.tenant == thing.tenant):
            raise LastOwner

    def _check_names(self, after: AnyThing) -> None:
        kind = kind_of(after)
        others = [thing for thing in self.all(after.tenant, kind) if thing.id != after.id]
        if any(set(natural_keys(other)) & set(natural_keys(after)) for other in others):
            raise AlreadyExists(kind.value, FIELD[kind])
        if _external(after) is not None and any(_external(other) == _external(after) for other in others):
            raise AlreadyExists(kind.value, "external_id")


class FakeSessions:
    """Sessions, and the people of a directory. `sessions` may be inspected."""

    def __init__(self, people: FakeDirectory | None = None) -> None:
        self.sessions: dict[tuple[TenantId, UserId, str], Session] = {}
        self.people = people or FakeDirectory()
        self.outage = Outage()

    def add(self, session: Session) -> None:
        self.outage.check()
        self.sessions.setdefault((session.tenant, session.user, session.id), session)

    def find(self, tenant: TenantId, user: UserId, session_id: str) -> tuple[Session, User] | None:
        self.outage.check()
        session, person = self.sessions.get((tenant, user, session_id)), self.people.user(tenant, user)
        return None if session is None or person is None else (session, person)

    def seen(self, session: Session, at: datetime) -> None:
        self.outage.check()
        place = session.tenant, session.user, session.id
        person = self.people.user(session.tenant, session.user)
        if place in self.sessions:
            self.sessions[place] = replace(self.sessions[place], seen_at=at)
            if person is not None:
                self.people.add(replace(person, last_seen_at=at))

    def end(self, tenant: TenantId, user: UserId, session_id: str) -> None:
        self.outage.check()
        self.sessions.pop((tenant, user, session_id), None)

    def end_all(self, tenant: TenantId, user: UserId, but: str | None = None) -> int:
        self.outage.check()
        ended = [place for place in self.sessions if place[:2] == (tenant, user) and place[2] != but]
        for place in ended:
            del self.sessions[place]
        return len(ended)

    def of(self, tenant: TenantId, user: UserId, now: datetime) -> Sequence[Session]:
        self.outage.check()
        mine = [s for place, s in self.sessions.items() if place[:2] == (tenant, user) and not s.is_over(now)]
        return sorted(mine, key=lambda session: session.created_at, reverse=True)


class FakePersonalTokens:
    """Personal tokens, and the people of a directory, whose trail gets the entries. `tokens` may be inspected."""

    def __init__(self, people: FakeDirectory | None = None) -> None:
        self.tokens: dict[tuple[TenantId, UserId, str], PersonalToken] = {}
        self.people = people or FakeDirectory()
        self.outage = Outage()

    def add(self, token: PersonalToken, entry: AuditEntry) -> PersonalToken:
        self.outage.check()
        place = token.tenant, token.user, token.id
        there = self.tokens.get(place)
        if there is None:
            self.people.trail.record([entry])
            self.tokens[place] = token
        elif there.secret_hash != token.secret_hash:
            raise StaleWrite("another personal token has this id")
        return self.tokens[place]

    def find(self, tenant: TenantId, user: UserId, token_id: str) -> tuple[PersonalToken, User] | None:
        self.outage.check()
        token, person = self.tokens.get((tenant, user, token_id)), self.people.user(tenant, user)
        return None if token is None or person is None else (token, person)

    def used(self, token: PersonalToken, at: datetime) -> None:
        self.outage.check()
        place = token.tenant, token.user, token.id
        if place in self.tokens:
            self.tokens[place] = replace(self.tokens[place], used_at=at)

    def delete(self, tenant: TenantId, user: UserId, token_id: str, entry: AuditEntry) -> bool:
        self.outage.check()
        if self.tokens.pop((tenant, user, token_id), None) is None:
            return False
        self.people.trail.record([entry])
        return True

    def delete_all(self, tenant: TenantId, user: UserId) -> int:
        self.outage.check()
        gone = [place for place in self.tokens if place[:2] == (tenant, user)]
        for place in gone:
            del self.tokens[place]
        return len(gone)

    def of(self, tenant: TenantId, user: UserId, now: datetime) -> Sequence[PersonalToken]:
        self.outage.check()
        mine = [t for place, t in self.tokens.items() if place[:2] == (tenant, user) and now < t.expires_at]
        return sorted(mine, key=lambda token: token.created_at, reverse=True)


def _place_of(cursor: str, place: str) -> str:
    if not cursor.startswith(place):
        raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
    return cursor.removeprefix(place)


def _external(thing: AnyThing) -> str | None:
    return None if isinstance(thing, Role) else thing.external_id


def _is_owner(thing: AnyThing | None) -> bool:
    return isinstance(thing, User) and thing.role == SystemRole.OWNER.value and thing.state is UserState.ACTIVE
