"""The words of mails about events of the account, to those who administer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from tocsin.kernel.domain.console_link import console_link
from tocsin.personal_notices.domain.settings_link import ACCOUNT_SETTINGS_PAGE, settings_lines
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import time_in

_JOBS = {
    "import": "import",
    "export": "export",
    "users_sync": "synchronisation of users",
    "contacts_sync": "synchronisation of contacts",
    "contact_dispositions_sync": "synchronisation of contact dispositions",
    "call_disposition_sync": "synchronisation of call dispositions",
}
_WIDTH = 2_100
"""Most characters of a line: a URL may have 2,048."""


@dataclass(frozen=True, slots=True)
class AccountWords:
    """Subject and body of a mail."""

    subject: str
    text: str


def account_words(event: TelephonyEvent, zone: tzinfo, console: str) -> AccountWords:
    """Return the words about an event of the account.

    Args:
        event: of a type that `topic_of` knows.
        zone: of the account.
        console: where the console is, as `console_link` takes it; "" = it is not known, and no page is named.
    """
    data = event.data
    match event.type:
        case "billing.warning":
            amount = [f"Amount: {data['amount']}"] if data.get("amount") is not None else []
            subject, lines = "Billing warning", [str(data["text"]), *amount]
        case "job.finished":
            job = _JOBS[data["kind"]]
            said = "is finished" if data["ok"] else "failed"
            subject = f"The {job} {said}"
            counts = (f"{name}: {value}" for name, value in (data.get("counts") or {}).items())
            lines = [f"The {job} {data['job']} {said}.", *counts]
        case _:
            subject = "A webhook cannot be delivered"
            page, since = data.get("page"), time_in(data, "since")
            given = (
                ("URL", data.get("url")),
                ("Since", _time(since, zone) if since else None),
                ("Failed deliveries in seven days", "100 or more" if data.get("failed") == 100 else data.get("failed")),
                ("Last answer", data.get("answer") or data.get("reason")),
                ("Deliver them again", console_link(console, str(page)) if page else None),
            )
            lines = ["A webhook of the account cannot be delivered.", *(f"{name}: {it}" for name, it in given if it)]
    return AccountWords(
        subject,
        "\n".join(
            [
                *(line[:_WIDTH] for line in lines),
                "",
                f"Time: {_time(event.at, zone)}",
                "",
                "You get this because it is switched on in your notification settings.",
                *settings_lines(console, ACCOUNT_SETTINGS_PAGE),
                "",
            ]
        ),
    )


def _time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
