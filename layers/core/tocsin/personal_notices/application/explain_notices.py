"""Explain who was told of an event, and by which channels; and why a person was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.personal_notices.application.hear_event import HearEvent
from tocsin.personal_notices.domain.concern import CALLS, KIND_OF, concern_of, switch_of, too_old
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.notice_run import NoticeRun, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.personal_notices.domain.told_calls import caller_name
from tocsin.personal_notices.ports import CallsTold, NoticeRuns
from tocsin.preferences.domain.visibility import is_administrator
from tocsin.preferences.ports import PreferencesStore
from tocsin.telephony.domain.stored_event import StoredEvent

ME = "me"
"""The caller, in place of an id."""


MOST_EXPLAINED = 50
"""People who were not told and are explained beside those who were."""


@dataclass(frozen=True, slots=True)
class ExplainedPerson:
    """What became of an event for one person.

    Attributes:
        kind: of the notice; None = such an event makes none.
        told: None = the event came just now, and is about to be told.
        name: the person's; "" = they are gone.
    """

    kind: NoticeKind | None
    told: PersonTold | None
    user: UserId
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainNotices:
    """Explains an event that the caller may read."""

    hear: HearEvent
    directory: Directory
    settings: PreferencesStore
    runs: NoticeRuns
    calls: CallsTold
    clock: Clock

    def all(self, caller: Principal, stored: StoredEvent) -> Sequence[ExplainedPerson]:
        """Return who was told of the event; owners and admins see everybody, others themselves."""
        sees_all = caller.user is not None and is_administrator(caller.user)
        me = caller.user.id if caller.user else None
        found = [
            (run.notice.kind, told)
            for run in self.runs.of_event(caller.tenant, stored.name, self.clock())
            for told in run.people
            if sees_all or told.user == me
        ]
        names = self._names(caller.tenant, [told.user for _, told in found])
        return [ExplainedPerson(kind, told, told.user, names.get(told.user, "")) for kind, told in found]

    def concerned(self, caller: Principal, stored: StoredEvent) -> Sequence[ExplainedPerson]:
        """Return the same, and those who hear of the event now and were not told."""
        told = self.all(caller, stored)
        concern = concern_of(stored.event)
        if concern is None or caller.user is None:
            return told
        sees_all = is_administrator(caller.user)
        known = {each.user for each in told}
        hear = [each.user for each in self.hear(caller.tenant, stored.event, concern).people]
        ids = [user for user in hear if user not in known and (sees_all or user == caller.user.id)]
        things = self.directory.get_many(caller.tenant, [(Kind.USER, user) for user in ids[:MOST_EXPLAINED]])
        others = sorted((each for each in things if isinstance(each, User)), key=lambda person: person.name)
        return [*told, *(self._of_call(stored, each) or self._skipped(stored, each) for each in others)]

    def person(self, caller: Principal, stored: StoredEvent, id: str) -> Sequence[ExplainedPerson]:
        """Return what became of the event for one person, one entry for each notice; at least one.

        Args:
            id: of the person, or ME.

        Raises:
            Forbidden: the caller is neither this person nor an owner or admin.
            NotFound: there is no such person.
        """
        user = self._person(caller, id)
        runs = self.runs.of_event(caller.tenant, stored.name, self.clock())
        found = [_told(run, user) for run in runs if any(told.user == user.id for told in run.people)]
        return found or [self._of_call(stored, user) or self._skipped(stored, user)]

    def _person(self, caller: Principal, id: str) -> User:
        if caller.user is None:
            raise Forbidden("an API key is no person")
        wanted = caller.user.id if id == ME else id
        if wanted != caller.user.id and not is_administrator(caller.user):
            raise Forbidden("owners and admins read what others were told")
        found = self.directory.get(caller.tenant, Kind.USER, wanted)
        if not isinstance(found, User):
            raise NotFound("user")
        return found

    def _names(self, tenant: TenantId, users: Sequence[UserId]) -> Mapping[UserId, str]:
        things = self.directory.get_many(tenant, [(Kind.USER, user) for user in users]) if users else ()
        return {each.id: each.name for each in things if isinstance(each, User)}

    def _of_call(self, stored: StoredEvent, user: User) -> ExplainedPerson | None:
        """Return what another event about the same call told the person; None = nothing."""
        concern = concern_of(stored.event)
        if concern not in CALLS or stored.event.data.get("callId") is None:
            return None
        side = self.hear(user.tenant, stored.event, concern).side
        known = self.calls.find(user.tenant, caller_name(stored.event, side.ids), self.clock())
        for part in known.parts_of(stored.event):
            if user.id in part.users:
                run = self.runs.get(user.tenant, part.kind, part.event, self.clock())
                if run is not None and any(told.user == user.id for told in run.people):
                    return _told(run, user)
        return None

    def _skipped(self, stored: StoredEvent, user: User) -> ExplainedPerson:
        """Return why the person was not told, by the directory and the settings of now."""
        concern = concern_of(stored.event)
        if concern is None:
            return ExplainedPerson(None, _nothing(user, NoticeOutcome.NOT_MEMBER), user.id, user.name)
        kind = KIND_OF[concern]
        if stored.owed:
            return ExplainedPerson(kind, None, user.id, user.name)
        why = NoticeOutcome.TOO_LATE if too_old(stored.event) else NoticeOutcome.NOT_MEMBER
        because = ""
        for each in self.hear(user.tenant, stored.event, concern).people:
            if each.user == user.id and why is NoticeOutcome.NOT_MEMBER:
                because = each.because
                is_on = switch_of(concern) in self.settings.get(user.tenant, user.id).communication
                # It is on now, and the person hears of it now: it was otherwise when the event came.
                why = NoticeOutcome.NOT_MEMBER if is_on else NoticeOutcome.OFF
        return ExplainedPerson(kind, _nothing(user, why, because), user.id, user.name)


def _told(run: NoticeRun, user: User) -> ExplainedPerson:
    told = next(each for each in run.people if each.user == user.id)
    return ExplainedPerson(run.notice.kind, told, user.id, user.name)


def _nothing(user: User, why: NoticeOutcome, because: str = "") -> PersonTold:
    return PersonTold(user.id, because, tuple((channel, why) for channel in NoticeChannel))
