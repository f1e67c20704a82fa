"""Imports of CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls
from tocsin.directory.application.import_directory import ImportDirectory, Imported, ImportRequest, ImportState
from tocsin.directory.domain.authority import may_change
from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.import_file import ImportKind, decoded
from tocsin.directory.domain.import_plan import field_changes
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import AnyThing
from tocsin.entrypoint.directory_body.shapes import ImportBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read

SHOWN = 200
"""Most entries of each list of an answer."""

_TRUTH = {"true": True, "false": False}
"""Words of the query."""

_SWITCHES = ("disable_missing", "invite")
_QUERY = ("kind", "mode", *_SWITCHES, "plan_id", "confirm")


def importing_routes(calls: SettingsCalls, imports: ImportDirectory) -> Blueprint:
    """Return the route of imports."""
    routes = Blueprint(__name__)

    @routes.route("/directory/imports", methods=["POST"], content_types=["application/json", "text/csv"])
    @answers(routes, Shape.PROBLEM)
    def post_import(call: Call) -> Response:
        is_csv = (call.header("content-type") or "").startswith("text/csv")
        raw, encoding = _of_csv(call) if is_csv else (call.json(), "utf-8")
        who = calls.caller(call)
        if raw.get("kind") in set(ImportKind):
            for kind in ImportKind(raw["kind"]).kinds:
                may_change(who, kind)
        if not is_csv:
            call.query()
        body = read(ImportBody, raw)
        request = ImportRequest(
            kind=ImportKind(body.kind),
            csv=body.csv,
            apply=body.mode == "apply",
            mapping=body.mapping,
            disable_missing=body.disable_missing,
            plan_id=body.plan_id,
            confirm=body.confirm,
            invite=calls.console(call) if body.invite else None,
        )
        done = imports(who, request)
        return answer(_shown(done, body, encoding), 202 if done.state is ImportState.PARTIAL else 200)

    return routes


def _of_csv(call: Call) -> tuple[dict[str, Any], str]:
    """Return the fields of the query and the file in the body, and the encoding that the file was read by."""
    given: dict[str, Any] = dict(call.query(*_QUERY))
    for name in _SWITCHES:
        if name in given:
            given[name] = _TRUTH.get(given[name], given[name])
    text, encoding = decoded(call.body())
    return {**given, "csv": text}, encoding


def _shown(done: Imported, body: ImportBody, encoding: str) -> Mapping[str, Any]:
    plan, is_joined = done.plan, done.table.kind is ImportKind.JOINED

    def kind(thing: AnyThing) -> dict[str, str]:
        return {"kind": kind_of(thing).value} if is_joined else {}

    changes = [
        {"id": each.after.id, **kind(each.after), "field": name, "before": before, "after": after}
        for each in plan.changes
        for name, before, after in field_changes(each)
    ]
    lists: dict[str, list[Any]] = {
        "adds": [settable(each.after) | kind(each.after) for each in plan.adds],
        "changes": changes,
        "missing": [thing.id for thing in plan.missing],
        "disables": [user.id for user in done.disables],
        "stops": list(done.stops),
        "invites": [user.email for user in plan.never_invited] if body.invite else [],
        "faults": [
            {"line": fault.line, "column": fault.column, "code": fault.code, "message": fault.message}
            for fault in plan.faults
        ],
    }
    return {
        "id": done.id,
        "kind": body.kind,
        "mode": body.mode,
        "state": done.state.value,
        "counts": {**{name: len(entries) for name, entries in lists.items()}, "unchanged": plan.unchanged},
        "remaining": done.remaining,
        "confirm": done.confirm,
        **{name: entries[:SHOWN] for name, entries in lists.items()},
        "encoding": encoding,
    }
