"""Imports of CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from tocsin.directory.application.import_directory import ImportDirectory, Imported, ImportRequest
from tocsin.directory.domain.authority import may_change
from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.import_plan import field_changes
from tocsin.directory.domain.things import Kind
from tocsin.entrypoint.directory_body.shapes import ImportBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read

SHOWN = 200
"""Most entries of each list of an answer."""

_TRUTH = {"true": True, "false": False}
_QUERY = ("kind", "mode", "disable_missing", "plan_id", "confirm")


def importing_routes(caller: Caller, imports: ImportDirectory) -> Blueprint:
    """Return the route of imports."""
    routes = Blueprint(__name__)

    @routes.route("/directory/imports", methods=["POST"], content_types=["application/json", "text/csv"])
    @answers(routes, Shape.PROBLEM)
    def post_import(call: Call) -> Response:
        is_csv = (call.header("content-type") or "").startswith("text/csv")
        raw, encoding = _of_csv(call) if is_csv else (call.json(), "utf-8")
        who = caller(call)
        if raw.get("kind") in set(Kind):
            may_change(who, Kind(raw["kind"]))
        if not is_csv:
            call.query()
        body = read(ImportBody, raw)
        request = ImportRequest(
            kind=Kind(body.kind),
            csv=body.csv,
            apply=body.mode == "apply",
            mapping=body.mapping,
            disable_missing=body.disable_missing,
            plan_id=body.plan_id,
            confirm=body.confirm,
        )
        return answer(_shown(imports(who, request), body, encoding))

    return routes


def _of_csv(call: Call) -> tuple[dict[str, Any], str]:
    """Return the fields of the query and the file in the body, and the encoding that the file was read by."""
    given: dict[str, Any] = dict(call.query(*_QUERY))
    if "disable_missing" in given:
        given["disable_missing"] = {"true": True, "false": False}.get(
            given["disable_missing"], given["disable_missing"]
        )
    text = call.body()
    for encoding in ("utf-8-sig", "utf-8", "cp1252"):
        try:
            return {**given, "csv": text.decode(encoding)}, encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    return {**given, "csv": text.decode("cp1252", "replace")}, "cp1252"


def _shown(done: Imported, body: ImportBody, encoding: str) -> Mapping[str, Any]:
    plan = done.plan
    changes = [
        {"id": each.after.id, "field": name, "before": before, "after": after}
        for each in plan.changes
        for name, before, after in field_changes(each)
    ]
    lists: dict[str, list[Any]] = {
        "adds": [settable(each.after) for each in plan.adds],
        "changes": changes,
        "missing": [thing.id for thing in plan.missing],
        "disables": [user.id for user in done.disables],
        "faults": [
            {"line": fault.line, "column": fault.column, "code": fault.code, "message": fault.message}
            for fault in plan.faults
        ],
    }
    return {
        "id": done.id,
        "kind": body.kind,
        "mode": body.mode,
        "state": "applied" if done.applied else "planned",
        "counts": {**{name: len(entries) for name, entries in lists.items()}, "unchanged": plan.unchanged},
        **{name: entries[:SHOWN] for name, entries in lists.items()},
        "encoding": encoding,
    }
