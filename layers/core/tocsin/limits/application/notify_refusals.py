"""Count what the brakes refused at acceptance, and tell the key: who reads answers only when they fail learns it."""

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
"""A key hears of each reason once in each UTC day, with the first call it happened to."""

_REMEMBERED = 4096
_log = logging.getLogger(__name__)


class NotifyRefusals:
    """Counts the receivers that limits took out of a call, and leaves the key a message.

    May be used by several threads at once.

    Args:
        count: hears how many receivers a brake took of one call, for a metric.
    """

    def __init__(
        self, messages: AccountNotices, count: Callable[[SendingLimit, int], None] = lambda sending_limit, count: None
    ) -> None:
        self._messages = messages
        self._count = count
        self._told: set[str] = set()

    def __call__(self, key: ApiKey, refused: Mapping[str, int], alert: AlertRef | None, now: datetime) -> None:
        """Tell how many receivers of a call each brake took.

        Args:
            refused: by the brake's word.
            alert: what the call became; None if nobody was left.
        """
        for word, count in sorted(refused.items()):
            sending_limit = SendingLimit(word)
            self._count(sending_limit, count)
            message = notice_about(
                key.tenant,
                key.id,
                "door",
                now,
                Severity.WARNING,
                Category.GENERAL,
                sending_limit.value,
                f"{count} receivers of one call were refused, {REFUSAL_REASONS[sending_limit]}. "
                "This is told once a day; each answer has its own number.",
                alert=alert,
                once_per=NOTIFIED_ONCE_PER,
            )
            if message.id in self._told:
                continue
            try:
                self._messages.notify(message)
            except StorageUnavailable:
                _log.warning(
                    "message_not_kept", extra={"tenant": key.tenant, "key": key.id, "reason": sending_limit.value}
                )
                continue  # the call is decided already, and its answer says the same
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told.add(message.id)
