"""Count a text towards a burst of its contact, and tell those who want to hear of bursts, once a burst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.personal_notices.application.hear_event import HearEvent, Hearing
from tocsin.personal_notices.domain.bursts import TOO_LATE_AFTER, CountedText, ToldBurst
from tocsin.personal_notices.domain.concern import Concern, too_old
from tocsin.personal_notices.domain.event_words import NoticeCase, said
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind, PersonalNotice
from tocsin.personal_notices.ports import TellPeople, TextsOfContacts
from tocsin.preferences.ports import PreferencesStore
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent

TRIES = 20
"""How often a text is counted while other workers count texts of the same contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountText:
    """Performs the act `burst`. A text is counted once, and a burst is told once, however often it is repeated."""

    hear: HearEvent
    settings: PreferencesStore
    texts: TextsOfContacts
    tell: TellPeople
    clock: Clock

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Count the text, and tell of the burst that it makes.

        Raises:
            StorageUnavailable: it is counted, and told, or not; to be repeated.
        """
        burst = self._counted(tenant, stored)
        if burst is None or too_old(stored.event):
            return
        hearing = self.hear(tenant, stored.event, Concern.TEXT)
        people = self._wanting(tenant, hearing)
        if people:
            self.tell(_notice(tenant, stored, burst, hearing), people)

    def _counted(self, tenant: TenantId, stored: StoredEvent) -> ToldBurst | None:
        """Count the text; return the burst that it tells, None = none."""
        event = stored.event
        number, contact = _numbers(event)
        text = CountedText.of(event)
        for _ in range(TRIES):
            known = self.texts.find(tenant, number, contact, self.clock())
            after = known.after(text, stored.name)
            if after is known or self.texts.save(tenant, number, contact, after, self.clock()):
                return after.burst_of(stored.name)
        raise StorageUnavailable("other workers counted texts of the same contact at every try")

    def _wanting(self, tenant: TenantId, hearing: Hearing) -> Sequence[Addressee]:
        settings = self.settings.get_many(tenant, [each.user for each in hearing.people]) if hearing.people else {}
        return [each for each in hearing.people if settings[each.user].many_texts]


def _numbers(event: TelephonyEvent) -> tuple[str, str]:
    """Return the account's number and the contact's."""
    return event.data["to"]["number"], event.data["from"]["number"]


def _notice(tenant: TenantId, stored: StoredEvent, burst: ToldBurst, hearing: Hearing) -> PersonalNotice:
    words = said(stored.event, NoticeCase.MANY_TEXTS, hearing.side)
    return PersonalNotice(
        tenant=tenant,
        kind=NoticeKind.MANY_TEXTS,
        key=burst.event,
        at=burst.at,
        subject=words.subject,
        line=words.line,
        fields=words.fields,
        event=stored.name,
        too_late_at=burst.at + TOO_LATE_AFTER,
    )
