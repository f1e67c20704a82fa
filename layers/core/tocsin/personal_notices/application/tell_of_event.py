"""Tell people of an event, each person once, in whatever order the events about one thing come.

    event ──► who hears, by the directory and settings of now ──► told already? ──► noted ──► told ──► inboxes
                                                                  calls only

What is noted comes first, and names its event: a worker that dies leaves the event owed, and the next one tells the
same people again, which tells no one twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.personal_notices.application.hear_event import HearEvent, Hearing
from tocsin.personal_notices.domain.concern import CALLS, KIND_OF, Concern, concern_of, switch_of, topic_of
from tocsin.personal_notices.domain.event_words import case_of, said
from tocsin.personal_notices.domain.notice import Addressee, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun
from tocsin.personal_notices.domain.told_calls import CallTelling, ToldPart, caller_name, telling
from tocsin.personal_notices.domain.who_hears import CalledSide
from tocsin.personal_notices.ports import CallsTold, NoticeRuns, TellPeople
from tocsin.preferences.ports import PreferencesStore
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.event_rows import EventRows

TRIES = 8
"""How often a call is noted while other workers note calls of the same caller."""

Rewrite = Callable[[PersonalNotice, NoticeRun], None]
"""Gives the inbox rows of a run the words of a notice of the same key."""

TellAdministrators = Callable[[TenantId, TelephonyEvent], None]
"""Mails an event about the account to those who want it. It may be repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOfEvent:
    """Performs the act `notice`, once for ever."""

    hear: HearEvent
    settings: PreferencesStore
    calls: CallsTold
    runs: NoticeRuns
    events: EventRows
    tell: TellPeople
    rewrite: Rewrite
    administrators: TellAdministrators
    clock: Clock

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Tell those who hear of the event now.

        Raises:
            StorageUnavailable: some are told; to be repeated.
        """
        event = stored.event
        if topic_of(event) is not None:
            self.administrators(tenant, event)
        concern = concern_of(event)
        if concern is None:
            return
        hearing = self.hear(tenant, event, concern)
        if concern in CALLS:
            self._call(tenant, stored, concern, hearing)
            return
        people = self._wanting(tenant, hearing.people, concern)
        if people:
            self.tell(self._notice(tenant, stored, concern, hearing.side, _key(stored)), people)

    def _wanting(self, tenant: TenantId, people: Sequence[Addressee], concern: Concern) -> Sequence[Addressee]:
        settings = self.settings.get_many(tenant, [each.user for each in people]) if people else {}
        return [each for each in people if switch_of(concern) in settings[each.user].communication]

    def _call(self, tenant: TenantId, stored: StoredEvent, concern: Concern, hearing: Hearing) -> None:
        done = self._noted(tenant, stored.event, concern, hearing)
        other = self.events.read(tenant, [done.words_of], self.clock()).get(done.words_of) if done.words_of else None
        notice = self._notice(tenant, stored, concern, hearing.side, stored.name)
        if other is not None:
            # A phone that is told to ring once the call is over: what is told is the end.
            notice = self._notice(tenant, other, concern_of(other.event) or concern, hearing.side, stored.name)
        for part in (*([done.part] if done.part else []), *done.rewritten):
            self._part(notice, part, hearing, is_rewritten=part is not done.part or other is not None)

    def _noted(self, tenant: TenantId, event: TelephonyEvent, concern: Concern, hearing: Hearing) -> CallTelling:
        """Note who is told before anybody is."""
        things = hearing.side.ids
        on = [each.user for each in self._wanting(tenant, hearing.people, concern)]
        caller = caller_name(event, things)
        for _ in range(TRIES):
            known = self.calls.find(tenant, caller, self.clock())
            done = telling(known, event, concern, things, on)
            if done.calls is known or self.calls.save(done.calls, self.clock()):
                return done
        raise StorageUnavailable("other workers noted calls of the same caller at every try")

    def _part(self, notice: PersonalNotice, part: ToldPart, hearing: Hearing, *, is_rewritten: bool) -> None:
        """Tell the people of a part, and give what stands in their inboxes these words if it has others."""
        reasons = {each.user: each.because for each in hearing.people}
        mine = PersonalNotice(
            tenant=notice.tenant,
            kind=part.kind,
            key=part.event,
            at=part.at,
            subject=notice.subject,
            line=notice.line,
            fields=notice.fields,
            url=notice.url,
            event=part.event,
        )
        run = self.runs.get(mine.tenant, mine.kind, mine.key, self.clock())
        if run is None or not is_rewritten:
            run = self.tell(mine, [Addressee(user, reasons.get(user, "the call is for you")) for user in part.users])
        if is_rewritten and run.notice != mine:
            self.rewrite(mine, run)

    def _notice(
        self, tenant: TenantId, stored: StoredEvent, concern: Concern, side: CalledSide, key: str
    ) -> PersonalNotice:
        words = said(stored.event, case_of(stored.event, concern, side), side)
        return PersonalNotice(
            tenant=tenant,
            kind=KIND_OF[concern],
            key=key,
            at=stored.event.at,
            subject=words.subject,
            line=words.line,
            fields=words.fields,
            url=words.url,
            event=stored.name,
        )


def _key(stored: StoredEvent) -> str:
    """Return what a notice is about: a text has an id, which all events about it name."""
    event = stored.event
    return f"{event.source}|{event.data['messageId']}" if event.type == "sms.received" else stored.name
