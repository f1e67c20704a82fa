"""A rule as a file: a page, a page with its picture in one file (MHTML, RFC 2557), a diagram, or JSON to post again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tocsin.alert_rules.domain.actions import copied
from tocsin.alert_rules.domain.fields import action_fields, head_fields, trigger_fields
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.entrypoint.rule_export.described import DescribedRule, described
from tocsin.entrypoint.rule_export.diagram import diagram_of
from tocsin.kernel.domain.wire_time import wire_time

if TYPE_CHECKING:
    from jinja2 import Environment as Templates

_PICTURE = "diagram@rule"


class ExportFormat(StrEnum):
    """Formats; the values are words of the API."""

    HTML = "html"
    MHT = "mht"
    SVG = "svg"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ExportedRule:
    """A file.

    Attributes:
        text: ASCII for MHT, else any characters.
        headers: of the answer.
    """

    text: str
    headers: Mapping[str, str]


def exported(rule: AlertRule, format: ExportFormat, names: Mapping[str, str], now: datetime) -> ExportedRule:
    """Return a rule as a file. Secrets, and values in the query of a webhook, are in none.

    Args:
        names: of lines, groups and people, by their ids.
    """
    it = described(rule, names)
    match format:
        case ExportFormat.HTML:
            text, type = _page(it, now, diagram(it)), "text/html; charset=utf-8"
        case ExportFormat.SVG:
            text, type = diagram(it), "image/svg+xml"
        case ExportFormat.JSON:
            text, type = json.dumps(posted_again(rule), ensure_ascii=False, indent=1), "application/json"
        case ExportFormat.MHT:
            message = _mht(it, now)
            text, type = message.as_bytes().decode("ascii"), str(message["Content-Type"])
    return ExportedRule(
        text,
        {
            "Content-Type": type,
            "Content-Disposition": f"attachment; filename=\"rule.{format.value}\"; filename*=UTF-8''"
            f"{quote(f'{it.name}.{format.value}', safe='')}",
            # A page of ours has no script; what a rule is called must not become one.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )


def posted_again(rule: AlertRule) -> dict[str, Any]:
    """Return what `POST /alert_rules` takes: the rule without its secrets. A webhook that lacks one is off."""
    actions = [copied(action, with_secrets=False).action for action in rule.actions]
    return {
        "type": rule.type.value,
        **head_fields(rule),
        "triggers": [trigger_fields(trigger) for trigger in rule.triggers],
        "notifications": [action_fields(action) for action in actions],
    }


def diagram(it: DescribedRule) -> str:
    """Return the diagram as SVG."""
    return _rendered("diagram.j2", it=diagram_of(it), name=it.name)


def _page(it: DescribedRule, now: datetime, svg: str | None) -> str:
    from markupsafe import Markup

    # The diagram is made by a template that escapes, so it is the one thing that goes in as it is.
    picture = None if svg is None else Markup(svg)  # noqa: S704
    return _rendered("page.j2", it=it, at=wire_time(now), svg=picture, cid=_PICTURE)


def _mht(it: DescribedRule, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = it.name
    message["Date"] = now
    message["MIME-Version"] = "1.0"
    message.set_content(_page(it, now, None), subtype="html", cte="quoted-printable")
    message.add_related(diagram(it).encode(), maintype="image", subtype="svg+xml", cid=f"<{_PICTURE}>")
    message.set_param("type", "text/html")
    return message


def _rendered(template: str, **values: Any) -> str:
    return _templates().get_template(template).render(values).strip() + "\n"


@cache
def _templates() -> Templates:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
