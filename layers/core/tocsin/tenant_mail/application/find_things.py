"""Find what an event names in the directory, and the people whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.directory.domain.things import Group, Kind, Line
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.tenant_mail.domain.mailed_events import ThingsOfEvent


@dataclass(frozen=True, slots=True)
class FindThings:
    """Finds them by id and by every other name that the directory knows. Raises StorageUnavailable."""

    directory: Directory

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> ThingsOfEvent:
        """Return what an event that may be mailed names."""
        data = event.data
        match event.type:
            case "user.created":
                return self._new_user(tenant, data)
            case "report.completed" | "account.recharged":
                return ThingsOfEvent(person=self._user(tenant, data.get("requesterId") or data.get("userId")))
            case "voicemail.received" | "call.ended":
                return self._mailbox(tenant, data)
            case _ if "queue" in data:
                queue = self._group(tenant, [data["queue"]["id"]])
                return ThingsOfEvent(queue=queue, managers=self._managers(tenant, queue))
        return ThingsOfEvent()

    def _new_user(self, tenant: TenantId, data: Mapping[str, Any]) -> ThingsOfEvent:
        found = self.directory.by_external_id(tenant, Kind.USER, data["userId"])
        if found is None and data.get("email"):
            found = self.directory.by_natural_key(tenant, Kind.USER, data["email"])
        if not isinstance(found, User):
            return ThingsOfEvent()
        lines = (line for line in self.directory.all(tenant, Kind.LINE) if isinstance(line, Line))
        extension = next((line.extension for line in lines if line.user == found.id), "")
        return ThingsOfEvent(person=found, extension=extension)

    def _user(self, tenant: TenantId, name: str | None) -> User | None:
        if not name:
            return None
        found = self.directory.get(tenant, Kind.USER, name) or self.directory.by_external_id(tenant, Kind.USER, name)
        return found if isinstance(found, User) else None

    def _mailbox(self, tenant: TenantId, data: Mapping[str, Any]) -> ThingsOfEvent:
        """A mailbox has the name of its line, else of its group; a call names the line or group that was called."""
        for name in (data.get("mailbox"), data.get("line"), *data.get("lines", ())):
            line = None if name is None else self._line(tenant, name)
            if line is not None:
                owners = self._people(tenant, [line.user] if line.user else [])
                return ThingsOfEvent(mailbox=line, owners=owners)
        groups = [each["id"] for each in (data.get("group"), *data.get("groups", ())) if each]
        group = self._group(tenant, [data["mailbox"], *groups] if "mailbox" in data else groups)
        return ThingsOfEvent(mailbox=group, owners=self._managers(tenant, group))

    def _line(self, tenant: TenantId, name: str) -> Line | None:
        found = self.directory.get(tenant, Kind.LINE, name) or self.directory.by_natural_key(tenant, Kind.LINE, name)
        return found if isinstance(found, Line) else None

    def _group(self, tenant: TenantId, names: Iterable[str]) -> Group | None:
        wanted = [name.casefold() for name in names]
        groups = self.directory.all(tenant, Kind.GROUP) if wanted else ()
        known: dict[str, Group] = {}
        for group in groups:
            if isinstance(group, Group):
                known |= {name.casefold(): group for name in (group.id, group.number, *group.aliases) if name}
        return next((known[name] for name in wanted if name in known), None)

    def _managers(self, tenant: TenantId, group: Group | None) -> tuple[User, ...]:
        return self._people(tenant, group.managers) if group else ()

    def _people(self, tenant: TenantId, ids: Iterable[str]) -> tuple[User, ...]:
        """Return people in the order of their ids as given; who is gone is omitted."""
        wanted = list(ids)
        things = self.directory.get_many(tenant, [(Kind.USER, id) for id in wanted]) if wanted else ()
        found: dict[str, User] = {each.id: each for each in things if isinstance(each, User)}
        return tuple(found[id] for id in wanted if id in found)
