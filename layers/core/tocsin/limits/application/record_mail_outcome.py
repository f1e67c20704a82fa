"""Count what becomes of a tenant's emails, and stop them when too many bounce or annoy."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.application.sending_limit import day_counter, forgotten_at
from tocsin.limits.domain.news import PAUSE_REASONS, email_paused_notification, email_paused_sentence
from tocsin.limits.domain.sending_limits import MailReputation, Pause, over_budget
from tocsin.limits.ports import Counters, LimitSettings
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.notices.ports.key_owners import KeyOwners

_log = logging.getLogger(__name__)


class NotifyOfPause:
    """Tell every live key of a tenant, and their owners by mail, that email is paused. Again is harmless."""

    def __init__(self, owners: KeyOwners, messages: AccountNotices, mail_owners: MailOwners) -> None:
        self._owners = owners
        self._messages = messages
        self._mail_owners = mail_owners

    def __call__(self, tenant: TenantId, pause: Pause) -> None:
        """Tell them. Raises StorageUnavailable: not all may have been told."""
        news = email_paused_notification(pause)
        self._mail_owners.of_tenant(tenant, news)
        for owner in self._owners.of_tenant(tenant):
            if owner.enabled and not owner.sandbox:
                message = notice_about(
                    tenant,
                    owner.key_id,
                    news.change,
                    pause.since,
                    Severity.ERROR,
                    Category.GENERAL,
                    "email_paused",
                    email_paused_sentence(pause),
                )
                self._messages.notify(message)


class RecordMailOutcome:
    """Counts bounces and complaints of the day, and pauses a tenant's email when there are too many.

    Args:
        tell: tells owners of a pause; None = nobody is told.
        paused: hears of each new pause, for a metric.
    """

    def __init__(
        self,
        book: LimitSettings,
        counters: Counters,
        clock: Clock,
        tell: NotifyOfPause | None = None,
        paused: Callable[[Pause], None] = lambda pause: None,
    ) -> None:
        self._book = book
        self._counters = counters
        self._clock = clock
        self._tell = tell
        self._paused = paused

    def __call__(self, tenant: TenantId, *, complaint: bool) -> Pause | None:
        """Return the pause if this one tipped the balance. Called again for the same event it counts twice.

        Raises:
            StorageUnavailable: it may be counted; `again` makes up for what was not told.
        """
        now = self._clock()
        counter = day_counter(now, "mail_complained" if complaint else "mail_bounced")
        self._counters.add(tenant, counter, 1, forgotten_at(now))
        reason = over_budget(self.fates(tenant, now))
        if reason is None:
            return None
        pause = Pause(now.replace(microsecond=now.microsecond // 1000 * 1000), reason)
        if not self._book.pause(tenant, Channel.EMAIL, pause):
            return None
        _log.error("email_paused", extra={"tenant": tenant, "reason": reason})
        self._paused(pause)
        if self._tell is not None:
            self._tell(tenant, pause)
        return pause

    def again(self, tenant: TenantId) -> None:
        """Make up for a worker that died between the pause and telling of it.

        Raises:
            StorageUnavailable: do it again.
        """
        if self._tell is None:
            return
        pause = self._book.get(tenant).paused.get(Channel.EMAIL)
        if pause is not None and pause.reason in PAUSE_REASONS:
            self._tell(tenant, pause)

    def fates(self, tenant: TenantId, now: datetime) -> MailReputation:
        """Return what became of the tenant's emails today."""
        names = ("mail_sent", "mail_bounced", "mail_complained")
        return MailReputation(*(self._counters.read(tenant, day_counter(now, name)) for name in names))
