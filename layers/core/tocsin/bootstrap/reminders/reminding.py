"""Composition of the action of REMINDER timers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.reminders.application.remind import Remind
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer


def remind_action(storage: Storage, queues: Queues, *, service: str, console: str) -> Action:
    """Return the action of REMINDER timers. Its modules are imported when the first one is due.

    Args:
        console: where the console is, as `console_link` takes it.
    """

    @cache
    def made() -> Remind:
        from tocsin.bootstrap.personal_notices import tell_people
        from tocsin.identity.application.account_clocks import AccountClocks
        from tocsin.reminders.application.remind import Remind

        clocks = AccountClocks(storage.tenants, storage.clock)
        return Remind(
            appointments=storage.appointments,
            directory=storage.directory,
            timers=storage.timers,
            queue=queues.timers,
            tell=tell_people(storage, queues, service=service, console=console),
            zone=lambda tenant: clocks.get(tenant).zone,
            console=console,
        )

    def remind(timer: Timer, now: datetime) -> None:
        made()(timer, now)

    return remind
