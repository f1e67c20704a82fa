"""The act of a registration: its line is followed, then rules are matched on what the event means for the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tocsin.alert_rules.application.decide_event import MOST_RULES
from tocsin.alert_rules.application.running.run_rule import RunRule
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.follow_line import FollowLine
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.line_state import LineChange
from tocsin.telephony.domain.stored_event import StoredEvent


@dataclass(frozen=True, slots=True)
class ActOnLine:
    """The `Perform` of ActKind.LINE."""

    follow: FollowLine
    book: Callable[[TenantId], RuleBook]
    run: RunRule

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Follow the line, and run the rules that match.

        Raises:
            StaleWrite, StorageUnavailable: to be repeated; the line then says the same of the event.
        """
        book = self.book(tenant)
        line = book.names.line(stored.event.data["line"])
        change, _ = self.follow(tenant, stored.event, line, refreshes_kept=book.wants_refreshes)
        if change is LineChange.NONE:
            return
        meant = replace(stored.event, data={**stored.event.data, "event": change.value})
        for rule, triggers in book.match(meant)[:MOST_RULES]:
            ids = [trigger.id for trigger in triggers]
            self.run(tenant, replace(stored, event=meant), rule.id, rule.version, ids)
