"""Integrations in words: states, stages, and why a person cannot be chosen."""

from __future__ import annotations

from collections.abc import Mapping

from console.words import counted
from tocsin.integrations.application.manage_alerts import NoCandidate
from tocsin.integrations.domain.incident import Stage
from tocsin.integrations.domain.integration import IntegrationStatus

STATES = {
    IntegrationStatus.ACTIVE: ("ok", "Works"),
    IntegrationStatus.DISABLED: ("idle", "Off"),
    IntegrationStatus.PENDING: ("wait", "Pending"),
    IntegrationStatus.FAILED: ("bad", "Does not work"),
}
"""Glyph and word of each state."""

STAGES = {Stage.TOLD: "first mail", Stage.DAY_7: "day 7", Stage.DAY_14: "day 14", Stage.DAY_21: "day 21"}

LABELS = {"name": "Name", "kind": "Kind", "company": "Company", "user": "Person", "companies": "Companies"}
"""The fields of the forms, in words."""

_MISSING = {
    NoCandidate.ROLE: "{} of other roles: only owners, admins and managers receive these",
    NoCandidate.DISABLED: "{} disabled, or without a mailbox that wants mail",
    NoCandidate.ADMINISTRATOR: "{} who are owners or admins: only owners and admins choose them",
    NoCandidate.NO_SHARED_COMPANY: "{} who manage other companies than yours",
}


def missing_people(missing: Mapping[NoCandidate, int]) -> list[str]:
    """Return why people of the account are not among those who can be chosen."""
    return [_MISSING[reason].format(counted(missing[reason], "person", "people")) for reason in sorted(missing)]
