"""Words of the mails about integrations that do not work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from tocsin.integrations.domain.incident import IntegrationIncident, Stage
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.kernel.domain.console_link import console_link
from tocsin.personal_notices.domain.settings_link import ACCOUNT_SETTINGS_PAGE, settings_lines

_DAY = {Stage.DAY_7: 7, Stage.DAY_14: 14, Stage.DAY_21: 21}


@dataclass(frozen=True, slots=True)
class IncidentMail:
    """A mail.

    Attributes:
        subject: one line.
    """

    subject: str
    text: str


def incident_mail(
    integration: Integration,
    incident: IntegrationIncident,
    stage: Stage,
    *,
    company: str | None,
    zone: tzinfo,
    console: str,
) -> IncidentMail:
    """Return the mail of a stage.

    Args:
        company: its name; None = the integration is of the whole account.
        zone: of the account.
        console: where the console is, as `console_link` takes it.
    """
    state = "is pending" if integration.status is IntegrationStatus.PENDING else "does not work"
    day = f", day {_DAY[stage]}" if stage in _DAY else ""
    lines = [
        f"The integration “{integration.name}” ({integration.kind}) {state}.",
        "",
        f"Since: {_written(incident.since, zone)}",
        f"Why: {integration.reason or 'no reason was given'}",
        f"Company: {company or 'the whole account'}",
        "",
        _next(incident, zone),
    ]
    if link := console_link(console, f"integrations/{integration.id}"):
        lines += ["", f"See and reset it: {link}"]
    lines += ["", *_BECAUSE, *settings_lines(console, ACCOUNT_SETTINGS_PAGE)]
    return IncidentMail(f"Integration {integration.name} {state}{day}", "\n".join(lines) + "\n")


_BECAUSE = (
    "You get this because you are subscribed to alerts of integrations, or because",
    "your notification settings ask for failed integrations.",
)


def _next(incident: IntegrationIncident, zone: tzinfo) -> str:
    moment = incident.next_moment()
    if moment is None:
        return "This is the last reminder of this incident."
    return f"If it lasts, you are reminded on {_written(moment, zone)}."


def _written(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
