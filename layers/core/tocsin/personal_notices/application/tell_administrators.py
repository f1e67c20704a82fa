"""Mail an event about the account to those who administer it and want to hear of it (UP-8 … UP-13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.personal_notices.domain.account_words import account_words
from tocsin.personal_notices.domain.concern import topic_of
from tocsin.preferences.ports import WhoWants
from tocsin.telephony.domain.event import TelephonyEvent


@dataclass(frozen=True, slots=True)
class TellAdministratorsOfEvent:
    """Mails it, once for an event, by mail whatever channels they have chosen.

    Attributes:
        mail: sends an AccountMail; a repeat with its cause sends nothing.
        zone: returns the zone of an account.
        console: where the console is, as `console_link` takes it.
    """

    who_wants: WhoWants
    mail: Callable[[AccountMail], object]
    zone: Callable[[TenantId], tzinfo]
    console: str = ""

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> None:
        """Mail it to those who want it now. Raises StorageUnavailable: repeat it."""
        topic = topic_of(event)
        people = self.who_wants(tenant, topic) if topic else ()
        if topic is None or not people:
            return
        words = account_words(event, self.zone(tenant), self.console)
        cause = Cause(CauseKind.REPORT, topic.value, event.name, event.at)
        self.mail(AccountMail(tenant=tenant, cause=cause, subject=words.subject, text=words.text, to=people))
