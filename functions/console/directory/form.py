"""The forms of companies, lines, phone numbers and groups: what stands in them, and what was typed into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.directory.words import FIELDS, Names
from console.faults import unconfirmed
from console.visit import Form
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.write_directory import ReadFields
from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.natural_keys import FIELD
from tocsin.directory.domain.things import AnyThing, Group, Kind, Line, PhoneNumber
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import (
    AlreadyExists,
    ConfirmFirst,
    ExceedsYours,
    Fault,
    InvalidRequest,
    NotPossible,
    PreconditionFailed,
    StaleWrite,
)
from tocsin.kernel.domain.ids import TenantId

REFUSALS = (AlreadyExists, ConfirmFirst, ExceedsYours, InvalidRequest, NotPossible, PreconditionFailed, StaleWrite)
"""What a form is told at its fields."""

_LISTS = ("aliases", "members", "managers")
"""Fields with a value on each line."""


def standing(thing: AnyThing, names: Names, may_see: Callable[[User], bool]) -> Form:
    """Return the form of a thing as it stands. People are named by address, or by id if it may not be seen."""

    def person(id: str) -> str:
        found = names.person(id)
        return found.email if found is not None and may_see(found) else id

    values: dict[str, Any] = {name: "" if value is None else value for name, value in settable(thing).items()}
    match thing:
        case Line():
            values["user"] = person(thing.user) if thing.user else ""
        case Group():
            values["members"] = [person(id) for id in thing.members]
            values["managers"] = [person(id) for id in thing.managers]
        case PhoneNumber():
            target = values.pop("target") or {"kind": "", "id": ""}
            line = target["id"] if target["kind"] == "line" else ""
            values["line"] = names.of(Kind.LINE, line).partition(" ")[0] if line else ""
            values["group"] = target["id"] if target["kind"] == "group" else ""
    return Form({name: ["\n".join(value) if isinstance(value, list) else str(value)] for name, value in values.items()
                 if name != "fisher_mode" or value})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form of a kind.

    Attributes:
        fields: judges a body as the API does.
    """

    read: ReadDirectory
    fields: ReadFields
    tenant: TenantId
    kind: Kind

    def body(self, form: Form) -> dict[str, Any]:
        """Return the body that the API takes.

        Raises:
            InvalidRequest: a name means nothing. All other faults are told at once.
        """
        faults: list[Fault] = []
        body: dict[str, Any] = {}
        for name in _FIELDS[self.kind]:
            if name in _LISTS:
                typed = [each.strip() for each in form.text(name).splitlines() if each.strip()]
                body[name] = typed if name == "aliases" else [self._person(each, name, faults) for each in typed]
            elif name == "user":
                body[name] = self._person(form.get(name), name, faults) if form.get(name) else None
            elif name == "target":
                body[name] = self._target(form, faults)
            elif name == "fisher_mode":
                body[name] = form.ticked(name)
            elif name == "company":
                body[name] = form.get(name) or None
            else:
                body[name] = form.get(name)
        if faults:
            try:
                self.fields(self.kind, body)
            except InvalidRequest as error:
                told = {fault.pointer.split("/")[1] for fault in faults}
                faults += [fault for fault in error.faults if fault.pointer.split("/")[1] not in told]
            raise InvalidRequest(faults)
        return body

    def _person(self, typed: str, field: str, faults: list[Fault]) -> str:
        found = self.read.directory.by_natural_key(self.tenant, Kind.USER, typed)
        if found is None and "@" not in typed:
            found = self.read.directory.get(self.tenant, Kind.USER, typed)
        if found is None:
            faults.append(Fault(f"/{field}", "NO_SUCH_THING", f"No person of the account has the address “{typed}”."))
            return ""
        return found.id

    def _target(self, form: Form, faults: list[Fault]) -> dict[str, str] | None:
        line, group = form.get("line"), form.get("group")
        if line and group:
            faults.append(Fault("/group", "CONFLICT", "A number leads to a line or to a group, not to both."))
        if not line:
            return {"kind": "group", "id": group} if group else None
        found = self.read.directory.by_natural_key(self.tenant, Kind.LINE, line)
        if found is None:
            faults.append(Fault("/line", "NO_SUCH_THING", f"No line has the extension “{line}”."))
            return None
        return {"kind": "line", "id": found.id}


_FIELDS = {
    Kind.COMPANY: ("name",),
    Kind.LINE: ("extension", "aliases", "label", "user", "company", "fisher_mode"),
    Kind.PHONE_NUMBER: ("e164", "label", "target", "company"),
    Kind.GROUP: ("kind", "name", "number", "aliases", "members", "managers", "company"),
}


def faults_of(error: Exception, kind: Kind) -> Sequence[Fault]:
    """Return a refusal at the fields of the form."""
    match error:
        case InvalidRequest():
            found = [(each.pointer.strip("/").split("/")[0], each) for each in error.faults]
            return [Fault("group" if at == "target" else at, each.code, _said(at, each)) for at, each in found]
        case AlreadyExists():
            what = {Kind.LINE: "extension, or one of the other names"}.get(kind, FIELDS[FIELD[kind]].lower())
            return [Fault(FIELD[kind], error.code, f"Another one has this {what} already.")]
        case ExceedsYours():
            return [Fault("company", error.code, "Choose a company of yours.")]
        case ConfirmFirst():
            return [unconfirmed(error)]
        case PreconditionFailed():
            return [Fault("", error.code, "It was changed after you opened the form, so nothing is saved yet.")]
        case StaleWrite():
            return [Fault("", error.code, "It kept being changed. Try again.")]
    return [Fault("", "NOT_POSSIBLE", f"{str(error)[:1].upper()}{str(error)[1:]}.")]


def _said(field: str, fault: Fault) -> str:
    plain = fault.message[:1].isupper()
    return fault.message if plain or not field else f"{FIELDS.get(field, field)}: {fault.message}"


def differences(
    kind: Kind, now: Form, typed: Form, choices: Mapping[str, Sequence[tuple[str, str]]]
) -> list[tuple[str, str, str]]:
    """Return field, value that stands and value that was typed, of every field in which they differ.

    Args:
        choices: what can be chosen instead of typed: id and name.
    """
    words = {id: word for options in choices.values() for id, word in options if id}
    names = [name for field in _FIELDS[kind] for name in (("line", "group") if field == "target" else (field,))]
    pairs = [(FIELDS[name], now.text(name).strip(), typed.text(name).strip()) for name in names]
    return [(word, words.get(stands, stands), words.get(mine, mine)) for word, stands, mine in pairs if stands != mine]
