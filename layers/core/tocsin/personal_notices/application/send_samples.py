"""Send samples of notices to oneself, one by each channel that is on, so that one sees how they look (UP-30)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Forbidden
from tocsin.kernel.ports import Clock, Randomness
from tocsin.limits.application.check_rate import check_rate
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.personal_notices.ports import NoticeRuns, TellPeople
from tocsin.preferences.domain.text_number import texts_go_to
from tocsin.preferences.ports import PreferencesStore

SAMPLE_RATE = Rate(3, timedelta(hours=1))
"""How often a person may ask for samples."""


@dataclass(frozen=True, slots=True)
class SampleSent:
    """A sample by one channel.

    Attributes:
        to: address or number; None = the inbox, or the person's browsers, or there is none.
    """

    channel: NoticeChannel
    to: str | None
    state: NoticeOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSamples:
    """Sends them, at once: samples know no quiet hours.

    Attributes:
        may_send: raises Restoring while nothing is sent.
    """

    tell: TellPeople
    runs: NoticeRuns
    preferences: PreferencesStore
    counters: Counters
    may_send: Callable[[], None]
    clock: Clock
    randomness: Randomness

    def check_may_send(self, caller: Principal) -> User:
        """Return the person who calls. Raises Forbidden for keys, and for tokens that only read."""
        caller.need(Permission.SELF, Reach.OWN)
        if caller.user is None or caller.read_only:
            raise Forbidden("samples go to the person who asks")
        return caller.user

    def __call__(self, caller: Principal, seed: bytes | None = None) -> Sequence[SampleSent]:
        """Send the samples and return where each goes.

        Args:
            seed: the same for every repeat of the call, which sends nothing more; None = it is not repeated.

        Raises:
            Forbidden: the caller is no person.
            TooManyRequests: the person has asked SAMPLE_RATE in this hour.
            Restoring: nothing is sent now.
            StorageUnavailable: they may be sent; the call may be repeated with its seed.
        """
        person, now = self.check_may_send(caller), self.clock()
        notice = _sample(person, (seed or self.randomness.token(10)).hex(), now)
        if self.runs.get(person.tenant, notice.kind, notice.key, now) is None:
            sentence = f"a person asks for samples at most {SAMPLE_RATE.count} times an hour"
            check_rate(self.counters, person.tenant, f"samples#{person.id}", SAMPLE_RATE, now, sentence)
            self.may_send()
        run = self.tell(notice, [Addressee(person.id, "you asked for a sample")])
        settings = self.preferences.get(person.tenant, person.id)
        to = {NoticeChannel.EMAIL: person.email, NoticeChannel.TEXT: texts_go_to(settings, person)}
        return [SampleSent(channel, to.get(channel), state) for each in run.people for channel, state in each.channels]


def _sample(person: User, key: str, at: datetime) -> PersonalNotice:
    return PersonalNotice(
        tenant=person.tenant,
        kind=NoticeKind.SAMPLE,
        key=f"{person.id}|{key}",
        at=at,
        subject="Sample: Missed call from Ana Banks",
        line="Sample: Ana Banks (+44 7700 900123) called Reception, and no one answered",
        fields=(("From", "Ana Banks, +44 7700 900123"), ("Line", "Reception"), ("Time", at)),
    )
