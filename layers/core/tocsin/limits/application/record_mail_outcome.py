"""Count bounces and complaints of a tenant's emails, and pause email when there are too many."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.domain.day_counters import counter_expires_at, day_counter
from tocsin.limits.domain.notifications import PAUSE_REASONS, email_paused_notification, email_paused_sentence
from tocsin.limits.domain.sending_limits import MailReputation, Pause, pause_reason
from tocsin.limits.ports import Counters, LimitSettings
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.notices.ports.key_owners import KeyOwners

_log = logging.getLogger(__name__)


class NotifyOfPause:
    """Notify every enabled key of a tenant, and mail their owners, that email is paused. Safe to repeat."""

    def __init__(self, owners: KeyOwners, notices: AccountNotices, mail_owners: MailOwners) -> None:
        self._owners = owners
        self._notices = notices
        self._mail_owners = mail_owners

    def __call__(self, tenant: TenantId, pause: Pause) -> None:
        """Write the notices and mails. Raises StorageUnavailable: some may be missing."""
        notification = email_paused_notification(pause)
        self._mail_owners.of_tenant(tenant, notification)
        for owner in self._owners.of_tenant(tenant):
            if owner.enabled and not owner.sandbox:
                notice = notice_about(
                    tenant,
                    owner.key_id,
                    notification.change,
                    pause.since,
                    Severity.ERROR,
                    Category.GENERAL,
                    "email_paused",
                    email_paused_sentence(pause),
                )
                self._notices.notify(notice)


class RecordMailOutcome:
    """Count bounces and complaints of the UTC day, and pause a tenant's email when there are too many.

    Args:
        notify: notifies keys and owners of a pause; None = no notification.
        paused: called with each new pause, for a metric.
    """

    def __init__(
        self,
        settings: LimitSettings,
        counters: Counters,
        clock: Clock,
        notify: NotifyOfPause | None = None,
        paused: Callable[[Pause], None] = lambda pause: None,
    ) -> None:
        self._settings = settings
        self._counters = counters
        self._clock = clock
        self._notify = notify
        self._paused = paused

    def __call__(self, tenant: TenantId, *, complaint: bool) -> Pause | None:
        """Count one bounce or complaint. A repeat for the same event counts twice.

        Returns:
            The pause if this event caused one.

        Raises:
            StorageUnavailable: the event may be counted. `notify_again` repairs a missing notification.
        """
        now = self._clock()
        counter = day_counter(now, "mail_complained" if complaint else "mail_bounced")
        self._counters.add(tenant, counter, 1, counter_expires_at(now))
        reason = pause_reason(self.reputation(tenant, now))
        if reason is None:
            return None
        pause = Pause(now.replace(microsecond=now.microsecond // 1000 * 1000), reason)
        if not self._settings.pause(tenant, Channel.EMAIL, pause):
            return None
        _log.error("email_paused", extra={"tenant": tenant, "reason": reason})
        self._paused(pause)
        if self._notify is not None:
            self._notify(tenant, pause)
        return pause

    def notify_again(self, tenant: TenantId) -> None:
        """Repeat the notification of a pause: a worker may have died between the pause and its notification.

        Raises:
            StorageUnavailable: some notices may be missing; repeat the call.
        """
        if self._notify is None:
            return
        pause = self._settings.get(tenant).paused.get(Channel.EMAIL)
        if pause is not None and pause.reason in PAUSE_REASONS:
            self._notify(tenant, pause)

    def reputation(self, tenant: TenantId, now: datetime) -> MailReputation:
        """Return how many of the tenant's emails were sent, bounced and complained about in the UTC day of `now`."""
        names = ("mail_sent", "mail_bounced", "mail_complained")
        return MailReputation(*(self._counters.read(tenant, day_counter(now, name)) for name in names))
