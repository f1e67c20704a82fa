"""Things of the directory in words, and the names behind the ids that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from console.people_words import role_name
from tocsin.directory.application.references import References, references
from tocsin.directory.domain.import_file import ImportKind
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import AnyThing, Company, Group, GroupKind, Kind, Line, PhoneNumber
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId, TenantId


@dataclass(frozen=True, slots=True)
class KindWords:
    """The words of one kind.

    Attributes:
        key: by which one thing is found.
        columns: of the list, after the name.
    """

    one: str
    many: str
    key: str
    columns: tuple[str, ...]
    empty: str


KINDS: Mapping[Kind, KindWords] = {
    Kind.LINE: KindWords(
        "line", "Lines", "Extension", ("Label", "Person", "Company", "Also known as"),
        "No line yet. Add one, or import the list of your telephone system.",
    ),
    Kind.PHONE_NUMBER: KindWords(
        "phone number", "Phone numbers", "Number", ("Label", "Leads to", "Texts", "Company"),
        "No phone number yet. Add one, or import the list of your telephone system.",
    ),
    Kind.GROUP: KindWords(
        "group", "Groups", "Name", ("Kind", "Number", "Members", "Managers", "Company"),
        "No hunt group or queue yet. Add one, or import the list of your telephone system.",
    ),
    Kind.COMPANY: KindWords(
        "company", "Companies", "Name", (),
        "No company yet. You need them only if managers look after parts of the account."
    ),
}  # fmt: skip
"""The kinds that have pages of their own. People and roles have others."""

GROUP_KINDS = {GroupKind.HUNT_GROUP: "Hunt group", GroupKind.QUEUE: "Queue"}

IMPORTS: Mapping[ImportKind, str] = {
    ImportKind.LINE: "Lines",
    ImportKind.PHONE_NUMBER: "Phone numbers",
    ImportKind.GROUP: "Hunt groups and queues",
    ImportKind.COMPANY: "Companies",
    ImportKind.USER: "People",
    ImportKind.JOINED: "People with their lines and numbers",
}

FIELDS = {
    "aliases": "Also known as",
    "backup_phone": "Backup phone",
    "companies": "Companies",
    "company": "Company",
    "e164": "Number",
    "email": "Email",
    "extension": "Extension",
    "external_id": "External id",
    "fisher_mode": "Takes one call at a time",
    "group": "Group",
    "kind": "Kind",
    "label": "Label",
    "line": "Line",
    "line_external_id": "External id of the line",
    "managers": "Managers",
    "members": "Members",
    "name": "Name",
    "number": "Number",
    "number_external_id": "External id of the number",
    "number_label": "Label of the number",
    "role": "Role",
    "target": "Leads to",
    "user": "Person",
    "user_external_id": "External id of the person",
    "zone": "Time zone",
}
"""Each field, and each column of an import, in words."""

_REFERENCES = {
    "company": Kind.COMPANY,
    "companies": Kind.COMPANY,
    "user": Kind.USER,
    "members": Kind.USER,
    "managers": Kind.USER,
    "role": Kind.ROLE,
}


class Names:
    """What things are called that other things name by id. All of them are read at once.

    Args:
        things: those whose references are needed.
        more: things that are known already, and perhaps not in the directory yet.
    """

    def __init__(
        self, source: References, tenant: TenantId, things: Iterable[AnyThing], more: Iterable[AnyThing] = ()
    ) -> None:
        wanted = {(kind, id) for thing in things for _, kind, id in references(thing)}
        found = source.directory.get_many(tenant, sorted(wanted)) if wanted else ()
        self._source, self._tenant = source, tenant
        self._things = {(kind_of(thing), thing.id): thing for thing in (*more, *found)}

    def of(self, kind: Kind, id: str | None) -> str:
        """Return the name of a thing; "" for none."""
        if id is None:
            return ""
        if kind is Kind.ROLE:
            role = self._source.role(self._tenant, RoleId(id))
            return "a role that is gone" if role is None else role_name(role)
        found = self._things.get((kind, id))
        return "one that is gone" if found is None else called(found)

    def person(self, id: str) -> User | None:
        """Return a person who is named."""
        found = self._things.get((Kind.USER, id))
        return found if isinstance(found, User) else None

    def value(self, field: str, value: Any) -> str:
        """Return the value of a field as people say it; "" for none."""
        if field == "target" and isinstance(value, Mapping):
            return self.of(Kind.LINE if value["kind"] == "line" else Kind.GROUP, value["id"])
        if field == "kind" and value in set(GroupKind):
            return GROUP_KINDS[GroupKind(value)]
        if isinstance(value, list):
            return ", ".join(self.value(field, each) for each in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if value is None:
            return ""
        return self.of(_REFERENCES[field], value) if field in _REFERENCES else str(value)


def called(thing: AnyThing) -> str:
    """Return what a thing is called, without its kind."""
    match thing:
        case Line():
            return f"{thing.extension} {thing.label}".strip()
        case PhoneNumber():
            return f"{thing.e164} {thing.label}".strip()
        case Group():
            return f"{GROUP_KINDS[thing.kind]} {thing.name}"
        case Role():
            return role_name(thing)
        case User() | Company():
            return thing.name


def cells(thing: AnyThing, names: Names) -> list[str]:
    """Return the cells of a thing in the list of its kind, in the order of `columns`."""
    match thing:
        case Line():
            aliases = ", ".join(thing.aliases)
            return [thing.label, names.of(Kind.USER, thing.user), names.of(Kind.COMPANY, thing.company), aliases]
        case PhoneNumber():
            target = thing.target and {"kind": thing.target.kind, "id": thing.target.id}
            texts = "yes" if thing.sms_enabled else "no"
            return [thing.label, names.value("target", target), texts, names.of(Kind.COMPANY, thing.company)]
        case Group():
            members, managers = str(len(thing.members)), ", ".join(names.of(Kind.USER, id) for id in thing.managers)
            return [GROUP_KINDS[thing.kind], thing.number, members, managers, names.of(Kind.COMPANY, thing.company)]
    return []
