"""A report as sentences and tables: written as text of 78 characters a line at most, as HTML, or as CSV."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from tocsin.kernel.domain.csv_table import BYTE_ORDER_MARK, csv_line
from tocsin.reports.domain.report_kind import ReportKind

WIDTH = 78

_BLANK = "  "
_CELL = 'style="text-align:{};padding:3px 12px 3px 0;border-bottom:1px solid #ccc"'


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table. The first column has words, the others figures.

    Attributes:
        head: names of the columns; "" for that of the words.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report of one day.

    Attributes:
        title: with the name of the account and the date; the subject of its mail.
        sentences: what is said first.
        tables: figures.
        notes: how figures are counted.
        links: words and addresses, for a report that is mailed.
    """

    kind: ReportKind
    day: date
    title: str
    sentences: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def as_text(report: WrittenReport) -> str:
    """Return the report as plain text."""
    parts = [report.title, *(_filled(each) for each in report.sentences)]
    parts += [_text_table(table) for table in report.tables]
    parts += [_filled(each) for each in report.notes]
    if report.links:
        parts.append("\n".join(f"{words}: {address}" for words, address in report.links))
    return "\n\n".join(parts) + "\n"


def as_html(report: WrittenReport) -> str:
    """Return the report as a page: it needs no picture and no style sheet, and fits a narrow screen."""
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title></head>"
        '<body style="font-family:sans-serif;max-width:40em;margin:1em">',
        f'<h1 style="font-size:1.3em">{escape(report.title)}</h1>',
        *(f"<p>{escape(each)}</p>" for each in report.sentences),
        *(_html_table(table) for table in report.tables),
        *(f'<p style="color:#555">{escape(each)}</p>' for each in report.notes),
        *(f'<p><a href="{escape(address)}">{escape(words)}</a></p>' for words, address in report.links),
        "</body></html>",
    ]
    return "\n".join(parts)


def as_csv(reports: Sequence[WrittenReport]) -> str:
    """Return reports as CSV: report, date, table, row, column and figure in each line."""
    lines = [BYTE_ORDER_MARK + csv_line(("report", "date", "table", "row", "column", "figure"))]
    for report in reports:
        for table in report.tables:
            for row in table.rows:
                for column, figure in zip(table.head[1:], row[1:], strict=True):
                    place = report.kind.value, report.day.isoformat(), table.title
                    lines.append(csv_line((*place, row[0], column, figure)))
    return "".join(lines)


def _filled(sentence: str) -> str:
    return textwrap.fill(sentence, WIDTH)


def _text_table(table: ReportTable) -> str:
    lines = [table.head, *table.rows] if any(table.head) else list(table.rows)
    room = WIDTH - sum(2 + max(len(line[column]) for line in lines) for column in range(1, len(table.head)))
    lines = [(textwrap.shorten(line[0], max(room, 12), placeholder=" …"), *line[1:]) for line in lines]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    written = [table.title]
    for line in lines:
        figures = (figure.rjust(width) for figure, width in zip(line[1:], widths[1:], strict=True))
        written.append(_BLANK.join((line[0].ljust(widths[0]), *figures)).rstrip())
    return "\n".join(written)


def _html_table(table: ReportTable) -> str:
    caption = f'<caption style="text-align:left;font-weight:bold;padding-top:12px">{escape(table.title)}</caption>'
    head = "".join(_cell("th", "col", text, place) for place, text in enumerate(table.head))
    top = f"<thead><tr>{head}</tr></thead>" if any(table.head) else ""
    rows = ("".join(_cell("td" if n else "th", "row", text, n) for n, text in enumerate(row)) for row in table.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table style="border-collapse:collapse">{caption}{top}<tbody>{body}</tbody></table>'


def _cell(name: str, scope: str, text: str, place: int) -> str:
    of = f' scope="{scope}"' if name == "th" else ""
    return f"<{name}{of} {_CELL.format('right' if place else 'left')}>{escape(text)}</{name}>"
