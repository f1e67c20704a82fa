"""Count receivers that sending limits excluded at acceptance, and write a notice.

The answer of the call says the same, but a client may read only answers of failed calls.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.limits.domain.sending_limits import REFUSAL_REASONS, SendingLimit
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices

NOTIFIED_ONCE_PER = timedelta(days=1)
"""A key gets one notice of each reason in each UTC day, about the first call."""

_REMEMBERED = 4096
_log = logging.getLogger(__name__)


class NotifyRefusals:
    """Count the receivers that limits excluded from a call, and write a notice for the key. Thread-safe.

    Args:
        count: called with a limit and the number of receivers that it excluded from one call, for a metric.
    """

    def __init__(
        self, notices: AccountNotices, count: Callable[[SendingLimit, int], None] = lambda sending_limit, count: None
    ) -> None:
        self._notices = notices
        self._count = count
        self._written: set[str] = set()

    def __call__(self, key: ApiKey, refused: Mapping[str, int], alert: AlertRef | None, now: datetime) -> None:
        """Write a notice for each limit that excluded receivers. A notice that cannot be written is only logged.

        Args:
            refused: number of receivers, by the value of their `SendingLimit`.
            alert: the accepted alert; None = the call was not accepted.
        """
        for word, count in sorted(refused.items()):
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
                f"{count} receivers of one call were refused, {REFUSAL_REASONS[sending_limit]}. "
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
