"""A file of the telephone system: choose what it is, paste or upload it, see what it does, then let it do that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Blueprint, Response

from console.directory.routes import may_change_kind
from console.directory.words import FIELDS, IMPORTS, Names
from console.drafting import Drafting
from console.people_words import shown_thing
from console.site import Site
from console.visit import Form, Visit
from console.words import counted
from tocsin.directory.application.import_directory import ImportDirectory, Imported, ImportRequest, ImportState
from tocsin.directory.application.references import References
from tocsin.directory.domain.import_file import COLUMNS, ImportKind, decoded
from tocsin.directory.domain.import_plan import ImportPlan, field_changes
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import AlreadyExists, ConfirmFirst, Forbidden, ImportRefused, StaleWrite, Superseded

SHOWN = 100
"""Most entries of each list on the page; it counts all."""

TYPED_ABOVE = 0.2
"""If a bigger share of the people is disabled, their number must be typed."""


@dataclass(frozen=True, slots=True)
class ImportPages:
    """What this page needs of the core.

    Attributes:
        console_url: where people reach the console, as `Call.address_by` reads it; invitations name it.
    """

    imports: ImportDirectory
    references: References
    drafting: Drafting
    console_url: str


def import_routes(site: Site, use: ImportPages) -> Blueprint:
    """Return the routes of the import: one for those who change the directory, one for those who manage people."""
    routes = Blueprint(__name__)

    @site.page(routes, "directory/import", Permission.DIRECTORY_MANAGE, posts=True, reach=Reach.COMPANIES)
    def import_things(visit: Visit) -> Response:
        return _visited(site, use, visit, "directory/import")

    @site.page(routes, "users/import", Permission.PEOPLE_MANAGE, posts=True, reach=Reach.COMPANIES)
    def import_people(visit: Visit) -> Response:
        return _visited(site, use, visit, "users/import")

    return routes


def _visited(site: Site, use: ImportPages, visit: Visit, here: str) -> Response:
    form = visit.form
    if visit.call.method == "GET":
        form = use.drafting.take(visit, here)
        if not form.values:
            wanted = Kind.USER.value if here.startswith("users") else visit.query.get("kind", "")
            return _page(site, use, visit, here, ImportForm(form, wanted, "", ""), None)
        return _planned(site, use, visit, here, _form_of(form))
    typed = _form_of(form)
    if form.get("part") != "apply":
        return _planned(site, use, visit, here, typed)
    if typed.kind is not None and Kind.USER in typed.kind.kinds and not visit.session.is_proved(visit.now):
        as_text = Form({**form.values, "table": [typed.table]})
        use.drafting.keep(replace(visit, form=as_text), here)
        return visit.go("prove", next=here)
    return _applied(site, use, visit, here, typed)


@dataclass(frozen=True, slots=True)
class ImportForm:
    """What was chosen and given.

    Attributes:
        table: the file as text, with plain line breaks.
        encoding: by which an uploaded file was read; "" = it was pasted.
    """

    form: Form
    wanted: str
    table: str
    encoding: str

    @property
    def kind(self) -> ImportKind | None:
        """What the file is; None = nothing that there is."""
        return ImportKind(self.wanted) if self.wanted in set(ImportKind) else None

    @property
    def mapping(self) -> dict[str, str]:
        """Field by column, as chosen for this kind of file; nothing for a file that was just uploaded."""
        if self.encoding or self.form.get("mapped") != self.wanted:
            return {}
        return dict(zip(self.form.all("column"), self.form.all("field"), strict=False))

    def request(self, kind: ImportKind, console: str, *, apply: bool) -> ImportRequest:
        """Return the import as the core takes it; mails name the address of the console."""
        return ImportRequest(
            kind=kind,
            csv=self.table,
            apply=apply,
            mapping=self.mapping,
            disable_missing=self.form.ticked("disable"),
            plan_id=self.form.get("plan") or None,
            confirm=self.form.get("confirm") or None,
            invite=console if self.form.ticked("invite") else None,
        )


def _form_of(form: Form) -> ImportForm:
    """Return what was typed. An uploaded file counts more than what stands in the field."""
    table, encoding = form.text("table"), ""
    if "file" in form.files:
        table, encoding = decoded(form.files["file"])
        table = table.replace("\r\n", "\n").replace("\r", "\n")
    return ImportForm(form, form.get("kind"), table, encoding)


def _planned(
    site: Site, use: ImportPages, visit: Visit, here: str, typed: ImportForm, *, notice: str = "", status: int = 200
) -> Response:
    if typed.kind is None or not typed.table.strip():
        return _page(site, use, visit, here, typed, None, notice="Choose what the file is, and give one.", status=422)
    done = use.imports(
        visit.principal, replace(typed.request(typed.kind, visit.console(use.console_url), apply=False), plan_id=None)
    )
    return _page(site, use, visit, here, typed, done, notice=notice, status=422 if done.plan.faults else status)


def _applied(site: Site, use: ImportPages, visit: Visit, here: str, typed: ImportForm) -> Response:
    if typed.kind is None or not typed.form.get("plan"):
        return _planned(site, use, visit, here, typed)
    request = typed.request(typed.kind, visit.console(use.console_url), apply=True)
    if request.disable_missing and (missing := _not_confirmed(use, visit, typed, request)):
        return _planned(site, use, visit, here, typed, notice=missing, status=422)
    try:
        done = use.imports(visit.principal, request)
    except ImportRefused:
        return _planned(site, use, visit, here, typed)
    except (AlreadyExists, ConfirmFirst, StaleWrite, Superseded):
        moved = "The directory was changed after you looked. This is what the file does to it as it is now."
        return _planned(site, use, visit, here, typed, notice=moved, status=409)
    if done.state is ImportState.PARTIAL:
        remain = counted(done.remaining, "thing remains", "things remain")
        left = f"A part of it is done, and {remain}. Press the button below to go on."
        return _planned(site, use, visit, here, typed, notice=left)
    return visit.go("users" if typed.kind is ImportKind.USER else _back(typed.kind), said="imported-file")


def _not_confirmed(use: ImportPages, visit: Visit, typed: ImportForm, request: ImportRequest) -> str:
    """Return what is missing before people are disabled; "" for nothing."""
    planned = use.imports(visit.principal, replace(request, apply=False))
    count = len(planned.disables)
    if not count:
        return ""
    if not typed.form.ticked("sure"):
        return "Nothing is done yet. Tick the box by the people who are disabled first."
    if _must_type(planned) and typed.form.get("count") != str(count):
        return f"Nothing is done yet. Type {count} into the field by the people who are disabled."
    return ""


def _must_type(done: Imported) -> bool:
    plan = done.plan
    return len(done.disables) > TYPED_ABOVE * (len(plan.missing) + len(plan.changes) + plan.unchanged)


def _back(kind: ImportKind) -> str:
    return f"directory/{Kind.LINE.value if kind is ImportKind.JOINED else kind.value}"


def _page(
    site: Site,
    use: ImportPages,
    visit: Visit,
    here: str,
    typed: ImportForm,
    done: Imported | None,
    *,
    notice: str = "",
    status: int = 200,
) -> Response:
    kinds = [kind for kind in IMPORTS if all(may_change_kind(visit, each) for each in kind.kinds)]
    if not kinds:
        raise Forbidden(Permission.DIRECTORY_MANAGE.value)
    kind = typed.kind if typed.kind in kinds else kinds[0]
    return site.show(
        visit,
        "directory/import",
        status,
        to=here,
        kinds=[(each.value, IMPORTS[each]) for each in kinds],
        kind=kind.value,
        columns=[(each.value, ", ".join(COLUMNS[each])) for each in kinds],
        fields=[("", "– not used –"), *((name, FIELDS[name]) for name in COLUMNS[kind])],
        table=typed.table,
        encoding=typed.encoding,
        disable=typed.form.ticked("disable"),
        invite=typed.form.ticked("invite"),
        notice=notice,
        moved=status == 409,
        plan=None if done is None else _shown(use.references, visit, done, invite=typed.form.ticked("invite")),
    )


def _shown(references: References, visit: Visit, done: Imported, *, invite: bool) -> Mapping[str, Any]:
    """Return what the template shows of a plan."""
    plan, invites = done.plan, done.plan.never_invited if invite else []
    changed = plan.changes[:SHOWN]
    things = [thing for each in changed for thing in (each.before, each.after) if thing is not None]
    names = Names(references, visit.principal.tenant, things, [each.after for each in plan.adds])
    changes = [
        (
            shown_thing(each.before or each.after),
            FIELDS.get(field, field),
            names.value(field, was),
            names.value(field, now),
        )
        for each in changed
        for field, was, now in field_changes(each)
    ]
    return {
        "id": done.id,
        "header": done.table.header,
        "adds": _listed([each.after for each in plan.adds]),
        "changes": changes,
        "changed": len(plan.changes),
        "same": plan.unchanged,
        "missing": _listed([thing for thing in plan.missing if thing not in done.disables]),
        "disables": _listed(done.disables),
        "stops": (len(done.stops), sorted({each.partition("/")[0] for each in done.stops})[:SHOWN]),
        "invites": _listed(invites),
        "must_type": _must_type(done),
        "confirm": done.confirm or "",
        "faults": [_fault(each) for each in plan.faults[:SHOWN]],
        "more_faults": max(0, len(plan.faults) - SHOWN),
        "deed": _deed(plan, done.disables, invites),
    }


def _listed(things: Sequence[AnyThing]) -> tuple[int, str, int]:
    """Return how many there are, the first of them in words, and how many more."""
    words = (f"{each.name} ({each.email})" if isinstance(each, User) else shown_thing(each) for each in things[:SHOWN])
    return len(things), ", ".join(words), max(0, len(things) - SHOWN)


def _fault(fault: Any) -> tuple[str, str, str]:
    where = f"Line {fault.line}" if fault.line else "The file"
    return where, FIELDS.get(fault.column, fault.column), fault.message


def _deed(plan: ImportPlan, disables: Sequence[User], invites: Sequence[User]) -> str:
    """Return what the button does; "" for nothing."""
    lists = {"add": plan.adds, "change": plan.changes, "disable": disables, "invite": invites}
    deeds = ", ".join(f"{verb} {len(found):,}" for verb, found in lists.items() if found)
    return deeds[:1].upper() + deeds[1:]
