"""Whose mail about a voicemail is the mail by the account's template: they get no second one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.acts import Act, ActKind
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.event_rows import EventRows
from tocsin.tenant_mail.domain.mailed_events import Audience, MailOutcome, mailed_type
from tocsin.tenant_mail.ports import MailRuns

_MAILED = (MailOutcome.SENT, MailOutcome.ALREADY_SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailMailed:
    """Answers it, whether the mail of the event was acted on before or not.

    Attributes:
        mail: performs the act `mail`, which may be repeated. It is done first if it was not done yet.
    """

    events: EventRows
    runs: MailRuns
    mail: Callable[[TenantId, StoredEvent, Act], None]
    clock: Clock

    def __call__(self, tenant: TenantId, event: str) -> Collection[UserId]:
        """Return the people who are mailed about an event, by its name; none if it is no voicemail.

        Raises:
            StorageUnavailable: it is not known yet; repeat it.
        """
        now = self.clock()
        stored = self.events.read(tenant, [event], now).get(event)
        mailed = None if stored is None else mailed_type(stored.event)
        if stored is None or mailed is None or mailed.audience is not Audience.MAILBOX_OWNERS:
            return ()
        for act in stored.acts:
            if act[0] == ActKind.MAIL:
                self.mail(tenant, stored, act)
        run = self.runs.get(tenant, stored.place, now)
        return run.people if run is not None and run.outcome in _MAILED else ()
