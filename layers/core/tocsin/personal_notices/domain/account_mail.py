"""A mail about the account, to people who administer it or asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.alerts.domain.cause import Cause
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.ids import TenantId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMail:
    """A mail to people of an account, each a mail of their own. It knows no quiet hours.

    Attributes:
        cause: of its alert, so that a repeat sends nothing.
        text: the body; lines of 78 characters at most are read best.
        html: the body as HTML; None = the text alone.
        to: people; their addresses are read when it is sent, and who is disabled then gets none.
        participants: written with it, or nothing is.
    """

    tenant: TenantId
    cause: Cause
    subject: str
    text: str
    to: Sequence[UserId]
    html: str | None = None
    participants: Sequence[Participant] = field(default=())
