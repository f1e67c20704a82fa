"""Find what an event names in the directory, and the people whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.directory.application.find_by_name import FindByName
from tocsin.directory.domain.things import Kind, Line
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
        data, find = event.known, FindByName(self.directory, tenant)
        match event.type:
            case "user.created":
                return self._new_user(tenant, data)
            case "report.completed" | "account.recharged":
                name = data.get("requesterId") or data.get("userId")
                return ThingsOfEvent(person=find.user(name) if name else None)
            case "voicemail.received" | "call.ended":
                return _mailbox(find, data)
            case _ if "queue" in data:
                queue = find.group(data["queue"]["id"])
                return ThingsOfEvent(queue=queue, managers=find.people(queue.managers if queue else ()))
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


def _mailbox(find: FindByName, data: Mapping[str, Any]) -> ThingsOfEvent:
    """A mailbox has the name of its line, else of its group; a call names the line or group that was called."""
    for name in (data.get("mailbox"), data.get("line"), *data.get("lines", ())):
        line = None if name is None else find.line(name)
        if line is not None:
            return ThingsOfEvent(mailbox=line, owners=find.people([line.user] if line.user else []))
    groups = [each["id"] for each in (data.get("group"), *data.get("groups", ())) if each]
    group = find.group(*([data["mailbox"], *groups] if "mailbox" in data else groups))
    return ThingsOfEvent(mailbox=group, owners=find.people(group.managers if group else ()))
