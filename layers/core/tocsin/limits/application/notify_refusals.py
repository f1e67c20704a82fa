"""Count receivers that sending limits excluded at acceptance, and write a notice.

The answer of the call says the same, but a client may read only answers of failed calls.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.limits.domain.sending_limits import REFUSAL_REASONS, SendingLimit
from tocsin.limits.domain.sending_totals import refused as refused_name
from tocsin.limits.ports import SendingTotals
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices

NOTIFIED_ONCE_PER = timedelta(days=1)
"""A key gets one notice of each reason in each UTC day, about the first call."""

TOTALLED_ONCE_PER = timedelta(minutes=1)

_REMEMBERED = 4096
_log = logging.getLogger(__name__)


class NotifyRefusals:
    """Count the receivers that limits excluded from a call, and write a notice for the key. Thread-safe.

    Args:
        count: called with a limit and the number of receivers that it excluded from one call, for a metric.
        totals: counts them for reports; None = no count.
    """

    def __init__(
        self,
        notices: AccountNotices,
        count: Callable[[SendingLimit, int], None] = lambda sending_limit, count: None,
        totals: SendingTotals | None = None,
    ) -> None:
        self._notices = notices
        self._count = count
        self._totals = totals
        self._written: set[str] = set()
        self._waiting: dict[TenantId, tuple[datetime, Counter[str]]] = {}

    def __call__(
        self, key: ApiKey, refused: Mapping[tuple[Channel, str], int], alert: AlertRef | None, now: datetime
    ) -> None:
        """Write a notice for each limit that excluded receivers. A notice that cannot be written is only logged.

        Args:
            refused: number of receivers, by channel and the value of their `SendingLimit`.
            alert: the accepted alert; None = the call was not accepted.
        """
        words: Counter[str] = Counter()
        for (_, word), count in refused.items():
            words[word] += count
        if self._totals is not None and not key.sandbox:
            self._add_to_totals(self._totals, key.tenant, refused, now)
        for word, count in sorted(words.items()):
            sending_limit = SendingLimit(word)
            self._count(sending_limit, count)
            notice = notice_about(
                key.tenant,
                key.id,
                "acceptance",
                now,
                Severity.WARNING,
                Category.GENERAL,
                sending_limit.value,
                f"{counted(count, 'receiver of one call was', 'receivers of one call were')} refused, "
                f"{REFUSAL_REASONS[sending_limit]}. "
                "There is one such notice a day; each answer has its own number.",
                alert=alert,
                once_per=NOTIFIED_ONCE_PER,
            )
            if notice.id in self._written:
                continue
            try:
                self._notices.notify(notice)
            except StorageUnavailable:
                _log.warning(
                    "message_not_kept", extra={"tenant": key.tenant, "key": key.id, "reason": sending_limit.value}
                )
                continue  # the answer of the call says the same
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            self._written.add(notice.id)

    def _add_to_totals(
        self, totals: SendingTotals, tenant: TenantId, excluded: Mapping[tuple[Channel, str], int], now: datetime
    ) -> None:
        """Count receivers, with a write a minute at most: a stolen key makes many calls that are refused.

        What waits is written with the next refusal after that minute; it is lost if the process ends before.
        """
        if tenant not in self._waiting and len(self._waiting) >= _REMEMBERED:
            self._waiting.clear()
        last, waiting = self._waiting.get(tenant, (now - TOTALLED_ONCE_PER, Counter()))
        for (channel, word), count in excluded.items():
            waiting[refused_name(channel, SendingLimit(word))] += count
        if now - last >= TOTALLED_ONCE_PER:
            try:
                totals.add(tenant, now, waiting)
                last, waiting = now, Counter()
            except StorageUnavailable:
                _log.warning("totals_not_counted", extra={"tenant": tenant})
        self._waiting[tenant] = last, waiting
