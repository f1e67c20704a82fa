"""What tells people, without settings and channels: everybody is mailed."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.notice_runs import FakeNoticeRuns
from tocsin.personal_notices.domain.notice import Addressee, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun, NoticeRunWritten, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome

_CHANNELS = ((NoticeChannel.INBOX, NoticeOutcome.SENT), (NoticeChannel.EMAIL, NoticeOutcome.SENT))


class FakeTellPeople:
    """`runs` may be inspected."""

    def __init__(self) -> None:
        self.runs = FakeNoticeRuns()

    def __call__(self, notice: PersonalNotice, addressees: Sequence[Addressee]) -> NoticeRun:
        found = self.runs.get(notice.tenant, notice.kind, notice.key, notice.at)
        if found is None:
            people = tuple(PersonTold(each.user, each.because, _CHANNELS) for each in addressees)
            found = NoticeRun(notice, people, notice.at)
            self.runs.write(NoticeRunWritten(found))
        return found
