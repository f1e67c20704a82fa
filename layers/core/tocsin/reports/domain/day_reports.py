"""The four reports of a day, made of what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.counted import counted
from tocsin.limits.domain.sending_limits import MICROS, SendingLimit
from tocsin.limits.domain.sending_totals import CALL_COST, CALLS, SEGMENTS, TEXT_COST, TEXTS, Amounts, refusals
from tocsin.reports.domain.day_sums import DaySums
from tocsin.reports.domain.report_kind import TITLES, ReportKind
from tocsin.reports.domain.written_report import ReportTable, WrittenReport

SHOWN = 5
"""Lines and numbers that are listed, those with most first."""

_DIRECTIONS = ("incoming", "outgoing", "internal")
_STATUSES = ("answered", "missed", "voicemail", "abandoned", "busy", "failed")

_LIMIT_WORDS = {
    SendingLimit.COUNTRY: "Refused: country not allowed",
    SendingLimit.SPECIAL_NUMBER: "Refused: special number",
    SendingLimit.NUMBER_RATE: "Waited: too many to one number",
    SendingLimit.TENANT_RATE: "Waited: too many of the account",
    SendingLimit.SPEND_CAP: "Not sent: daily spend used up",
    SendingLimit.PAUSED: "Waited: channel paused",
    SendingLimit.UNREADABLE: "Waited: limits not readable",
}
_REFUSED = (SendingLimit.COUNTRY, SendingLimit.SPECIAL_NUMBER, SendingLimit.SPEND_CAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """All that the reports of a day are made of.

    Attributes:
        account: its name.
        begin: of the day.
        amounts: what the account itself sent and spent, by the quarters of an hour of the day.
        counted_since: from when on it is counted; None = it is not.
        spent: estimated cost of each UTC day that the day touches, in millionths of a US dollar; as limits count it.
        cap: the account's limit for a UTC day; None = none.
        line_names: by every name that events give a line, in lower case.
    """

    account: str
    day: date
    zone: ZoneInfo
    begin: datetime
    sums: DaySums
    amounts: Amounts = field(default_factory=dict)
    counted_since: datetime | None = None
    spent: Mapping[date, int] = field(default_factory=dict)
    cap: int | None = None
    line_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def quiet(self) -> bool:
        """Whether nothing at all is counted on the day: no call, no message, no cost, no limit that was hit."""
        sums = self.sums
        return not (
            sums.calls or sums.voicemails or sums.texts_in[0] or sums.texts_out[0] or any(self.amounts.values())
        )

    @property
    def not_counted(self) -> Sequence[str]:
        """A sentence, if some of what was sent on the day is not counted."""
        since = self.counted_since
        if since is None:
            return ["Alerts and notices are not counted: the account wants no report of them."]
        if since <= self.begin:
            return []
        return [f"Alerts and notices are counted since {since.astimezone(self.zone):%Y-%m-%d %H:%M}, not before."]


def written(kind: ReportKind, figures: DayFigures) -> WrittenReport:
    """Return a report of the day."""
    sentences, tables, notes = _WRITERS[kind](figures)
    title = f"{TITLES[kind]} of {figures.account}, {figures.day:%A} {figures.day.day} {figures.day:%B %Y}"
    return WrittenReport(kind, figures.day, title, tuple(sentences), tuple(tables), tuple(notes))


_Parts = tuple[Sequence[str], Sequence[ReportTable], Sequence[str]]


def _activity(figures: DayFigures) -> _Parts:
    sums = figures.sums
    calls = Counter(sums.calls)
    rows = [_calls_row(status.capitalize(), (calls[f"{way} {status}"] for way in _DIRECTIONS)) for status in _STATUSES]
    ways = [sum(calls[f"{way} {status}"] for status in _STATUSES) for way in _DIRECTIONS]
    tables = [
        ReportTable("Calls", ("", "In", "Out", "Internal", "All"), (*rows, _calls_row("All calls", ways))),
        ReportTable("Time", ("", "Average", "Longest"), (_time_row("Wait", sums.waits), _time_row("Talk", sums.talks))),
        ReportTable(
            "Messages",
            ("", "Number"),
            (
                ("Voicemails", str(sums.voicemails)),
                ("Texts received", str(sums.texts_in[0])),
                ("Texts sent", str(sums.texts_out[0] + figures.amounts.get(TEXTS, 0))),
            ),
        ),
    ]
    if lines := top(_named(sums.lines, figures.line_names)):
        tables.append(ReportTable("Busiest lines", ("", "Calls"), tuple((name, str(n)) for name, n in lines)))
    missed, abandoned = calls["incoming missed"], calls["incoming abandoned"]
    said = [f"{counted(sum(ways), 'call')}: {ways[0]} in, {ways[1]} out, {ways[2]} internal."]
    if ways[0]:
        lost = f"{counted(missed, 'was', 'were')} missed and {counted(abandoned, 'was', 'were')} abandoned"
        said.append(f"Of the calls in, {lost}.")
    if busiest := _busiest(figures):
        said.append(busiest)
    return (
        [" ".join(said)] if sum(ways) else ["There were no calls on this day."],
        tables,
        [
            "A call counts when it ends. Wait: of incoming calls, until the answer, or until the end without one. "
            "Talk: of answered calls."
        ],
    )


def _inbound(figures: DayFigures) -> _Parts:
    number, segments = figures.sums.texts_in
    if not number:
        return ["No texts were received on this day."], [], []
    tables = [_two("Texts received", (("Texts", number), ("Segments", segments)))]
    tables.append(_two("By number of the account", top(figures.sums.numbers_in)))
    return [f"{counted(number, 'text')} came in."], tables, ["Answers to alerts stand in the history of the alerts."]


def _outbound(figures: DayFigures) -> _Parts:
    (number, segments), amounts = figures.sums.texts_out, figures.amounts
    alerts, alert_segments = amounts.get(TEXTS, 0), amounts.get(SEGMENTS, 0)
    limited = refusals(amounts, Channel.SMS)
    refused = sum(limited.get(each, 0) for each in _REFUSED)
    if not number and not alerts and not limited:
        return ["No texts were sent on this day."], [], figures.not_counted
    tables = [
        ReportTable(
            "Texts sent",
            ("", "Texts", "Segments"),
            (
                ("By people and other systems", str(number), str(segments)),
                ("Alerts and notices", str(alerts), str(alert_segments)),
                ("All", str(number + alerts), str(segments + alert_segments)),
            ),
        )
    ]
    if numbers := top(figures.sums.numbers_out):
        tables.append(_two("By number, texts of people and other systems", numbers))
    if limited:
        tables.append(_two("Limits", [(_LIMIT_WORDS[each], count) for each, count in limited.items()]))
    said = f"{counted(number + alerts, 'text')} went out, and {counted(refused, 'was', 'were')} refused."
    notes = ["A text that is tried again counts again: it costs again.", *figures.not_counted]
    return [said], tables, notes


def _spending(figures: DayFigures) -> _Parts:
    amounts = figures.amounts
    texts, calls = amounts.get(TEXT_COST, 0), amounts.get(CALL_COST, 0)
    tables = [
        ReportTable(
            "Estimated cost of alerts and notices",
            ("", "Number", "USD"),
            (
                ("Texts", str(amounts.get(TEXTS, 0)), _money(texts)),
                ("Calls", str(amounts.get(CALLS, 0)), _money(calls)),
                ("All", str(amounts.get(TEXTS, 0) + amounts.get(CALLS, 0)), _money(texts + calls)),
            ),
        )
    ]
    cap = figures.cap
    if cap is not None:
        rows = tuple(
            (
                f"{day:%A %d %B} UTC",
                _money(spent),
                _money(max(0, cap - spent)),
                f"{spent * 100 // cap if cap else 100} %",
            )
            for day, spent in sorted(figures.spent.items())
        )
        title = f"Daily limit of {_money(cap)} USD, by days of UTC"
        tables.append(ReportTable(title, ("", "Spent", "Left", "Used"), rows))
    limits = [
        (f"{word}: {_LIMIT_WORDS[each]}", count)
        for word, channel in (("Texts", Channel.SMS), ("Calls", Channel.CALL))
        for each, count in refusals(amounts, channel).items()
    ]
    if limits:
        tables.append(_two("Limits that were hit", limits))
    said = f"The estimated cost of this day is {_money(texts + calls)} USD."
    no_cap = "" if cap is not None else " The account has no daily limit."
    hit = "Some messages met a limit." if limits else "No limit was hit."
    notes = ["Prices are estimates, for limits; the invoice says what is paid.", *figures.not_counted]
    return [f"{said} {hit}{no_cap}"], tables, notes


_WRITERS: Mapping[ReportKind, Callable[[DayFigures], _Parts]] = {
    ReportKind.ACTIVITY: _activity,
    ReportKind.INBOUND_SMS: _inbound,
    ReportKind.OUTBOUND_SMS: _outbound,
    ReportKind.SPENDING: _spending,
}


def top(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the first SHOWN names, those with most first, equals by name."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]


def _named(lines: Mapping[str, int], names: Mapping[str, str]) -> Mapping[str, int]:
    """Return counts by the names of the directory: one line may have several names in events."""
    counts: Counter[str] = Counter()
    for line, count in lines.items():
        counts[names.get(line.casefold(), line)] += count
    return counts


def _busiest(figures: DayFigures) -> str:
    hours = figures.sums.hours
    most = max(hours)
    if not most:
        return ""
    begin = figures.begin + hours.index(most) * timedelta(hours=1)
    first, last = (at.astimezone(figures.zone) for at in (begin, begin + timedelta(hours=1)))
    return f"The busiest hour was {first:%H:%M} to {last:%H:%M}, with {counted(most, 'call')}."


def _calls_row(word: str, counts: Iterable[int]) -> tuple[str, ...]:
    numbers = list(counts)
    return (word, *map(str, numbers), str(sum(numbers)))


def _time_row(word: str, sums: Sequence[int]) -> tuple[str, str, str]:
    number, total, longest = sums
    return word, _span(round(total / number)) if number else "-", _span(longest) if number else "-"


def _two(title: str, rows: Sequence[tuple[str, int]]) -> ReportTable:
    return ReportTable(title, ("", "Number"), tuple((word, str(count)) for word, count in rows))


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _money(millionths: int) -> str:
    return f"{millionths / MICROS:,.2f}"
