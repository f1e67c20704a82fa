"""Give what stands in inboxes other words, as when a call is over."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.inbox.domain.inbox_notice import InboxNotice
from tocsin.inbox.ports import Inboxes
from tocsin.personal_notices.domain.notice import PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun
from tocsin.personal_notices.domain.outcomes import NoticeChannel
from tocsin.personal_notices.domain.words import inbox_text, mail_subject


@dataclass(frozen=True, slots=True)
class RewriteInbox:
    """The `Rewrite`. A notice stays read or unread."""

    inboxes: Inboxes

    def __call__(self, notice: PersonalNotice, run: NoticeRun) -> None:
        """Replace the words of a run's rows.

        Args:
            notice: of the same key and time.
        """
        rows = [
            InboxNotice(
                tenant=notice.tenant,
                user=each.user,
                key=notice.inbox_key,
                at=run.notice.at,
                kind=notice.kind.value,
                title=mail_subject(notice),
                text=inbox_text(notice, each),
                url=notice.url,
                event=notice.event,
            )
            for each in run.people
            if each.is_told_by(NoticeChannel.INBOX)
        ]
        if rows:
            self.inboxes.put(rows)
