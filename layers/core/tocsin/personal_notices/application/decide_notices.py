"""Decide, when an event comes, whether anybody may hear of it; the act reads everything again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.application.people_book import PeopleBook
from tocsin.personal_notices.domain.concern import Concern, concern_of, switch_of, too_old, topic_of
from tocsin.personal_notices.domain.who_hears import called_side, people_named, who_hears
from tocsin.preferences.domain.settings import Communication
from tocsin.telephony.application.ingest import Decide
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision


@dataclass(frozen=True, slots=True)
class DecideNotices:
    """The `Decide` of IngestEvents: what another one decides, and that people are told, or that texts are counted."""

    decide: Decide
    people: PeopleBook

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        """Return what the event brings about."""
        decision = self.decide(tenant, event)
        kinds = [ActKind.NOTICE] if self._is_told(tenant, event) else []
        if self._is_counted(tenant, event):
            kinds.append(ActKind.BURST)
        if not kinds:
            return decision
        return replace(decision, acts=(*decision.acts, *([kind.value] for kind in kinds)))

    def _is_told(self, tenant: TenantId, event: TelephonyEvent) -> bool:
        if too_old(event):
            return False
        topic = topic_of(event)
        if topic is not None:
            return topic in self.people.settings(tenant).topics
        concern = concern_of(event)
        if concern is None:
            return False
        if people_named(event, concern):
            return True
        side = called_side(event, concern, self.people.names(tenant))
        if not side:
            return False
        settings = self.people.settings(tenant)
        # Who was told that a call rings reads of the voicemail in its place, whatever they want of voicemails.
        switches = {switch_of(concern)} | ({Communication.CALL} if concern is Concern.VOICEMAIL else set())
        hears = who_hears(concern, side, lambda line: settings.followers.get(line, ()))
        return any(settings.wants(each.user, switch) for each in hears for switch in switches)

    def _is_counted(self, tenant: TenantId, event: TelephonyEvent) -> bool:
        """Whether a text goes to where a person wants to hear of bursts."""
        if event.type != "sms.received" or event.sandbox:
            return False
        settings = self.people.settings(tenant)
        if not settings.many_texts:
            return False
        side = called_side(event, Concern.TEXT, self.people.names(tenant))
        hears = who_hears(Concern.TEXT, side, lambda line: settings.followers.get(line, ()))
        return any(each.user in settings.many_texts for each in hears)
