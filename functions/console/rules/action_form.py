"""The form of a notification: a mail, texts or a webhook. Values of headers are written and never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.rules.words import PRESETS
from console.visit import Form
from tocsin.alert_rules.domain import limits
from tocsin.alert_rules.domain.actions import HeaderPreset, RuleAction, WebhookAction
from tocsin.alert_rules.domain.fields import SECRET_FIELD, action_fields

LABELS: Mapping[str, Mapping[str, str]] = {
    "email": {"to": "To", "subject": "Subject", "body": "Text", "enabled": "On"},
    "sms": {"from": "From", "to": "To", "text": "Text", "enabled": "On"},
    "webhook": {"url": "Address", "method": "Method", "headers": "Headers", "enabled": "On"},
}
"""The fields of the form of each kind, in words."""

BLANK_HEADERS = 2
"""Empty rows for headers that the form shows beneath those that are filled in."""

_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """One header as the form shows it.

    Attributes:
        has_value: a value is stored, and stays if none is typed.
    """

    preset: str = ""
    name: str = ""
    username: str = ""
    has_value: bool = False


def standing(action: RuleAction) -> Form:
    """Return the form of a notification as it stands, for one who may edit the rule."""
    fields = action_fields(action)
    headers = fields.pop("headers", [])
    values = {name: list(value) if isinstance(value, list) else [str(value)] for name, value in fields.items()}
    if fields["type"] == "sms":
        values["to"] = ["\n".join(fields["to"])]
    del values["enabled"]
    if fields["enabled"]:
        values["enabled"] = ["on"]
    for row, header in enumerate(headers):
        for name in ("preset", "name", "username"):
            values[f"{name}-{row}"] = [header.get(name, "")]
    if isinstance(action, WebhookAction):
        values["headers"] = [f"{each.header_name} {each.username}".strip() for each in action.headers]
    return Form(values)


def body_of(form: Form, kind: str) -> dict[str, Any]:
    """Return the whole notification as the API takes it."""
    head = {"type": kind, "enabled": form.ticked("enabled")}
    match kind:
        case "email":
            return head | {"to": form.get("to"), "subject": form.get("subject"), "body": form.text("body").strip()}
        case "sms":
            to = [each for each in _BETWEEN.split(form.text("to")) if each]
            return head | {"from": form.get("from"), "to": to, "text": form.text("text").strip()}
    headers = [_header(form, row) for row in range(limits.HEADERS) if form.get(f"preset-{row}")]
    return head | {"url": form.get("url"), "method": form.get("method"), "headers": headers}


def typed(form: Form, kind: str) -> Form:
    """Return a form with its headers named as `standing` names them, to be compared with it."""
    if kind != "webhook":
        return form
    rows = [row for row in range(limits.HEADERS) if form.get(f"preset-{row}")]
    names = {"bearer": "Authorization", "basic": "Authorization", "x_api_key": "X-API-Key"}
    said = [
        f"{names.get(form.get(f'preset-{row}'), form.get(f'name-{row}'))} {form.get(f'username-{row}')}".strip()
        for row in rows
    ]
    return Form({**form.values, "headers": said})


def header_rows(form: Form, action: RuleAction | None) -> list[HeaderRow]:
    """Return the rows of headers; some empty ones follow.

    Args:
        action: the webhook as it stands; None = it is new.
    """
    known = action.headers if isinstance(action, WebhookAction) else ()
    stored = {(each.preset.value, each.name.lower(), each.username) for each in known if each.secret is not None}
    rows = []
    for row in range(limits.HEADERS):
        preset, name, username = (form.get(f"{field}-{row}") for field in ("preset", "name", "username"))
        if preset:
            rows.append(HeaderRow(preset, name, username, (preset, name.lower(), username) in stored))
    return rows + [HeaderRow()] * min(BLANK_HEADERS, limits.HEADERS - len(rows))


def presets() -> Sequence[tuple[str, str]]:
    """Return what a row of a header offers."""
    return [("", "no header"), *((preset.value, word) for preset, word in PRESETS.items())]


def _header(form: Form, row: int) -> dict[str, Any]:
    """Return a header; a value that is not typed is absent, and what is stored stays."""
    preset = form.get(f"preset-{row}")
    header: dict[str, Any] = {"preset": preset}
    if preset == HeaderPreset.CUSTOM:
        header["name"] = form.get(f"name-{row}")
    if preset == HeaderPreset.BASIC:
        header["username"] = form.get(f"username-{row}")
    secret = form.get(f"secret-{row}")
    field = SECRET_FIELD.get(preset)  # type: ignore[call-overload]  # any text may come from a form
    return header | {field: secret} if secret and field else header
