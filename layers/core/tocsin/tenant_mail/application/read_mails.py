"""Read what became of the mails about events: of one event, and the messages of 90 days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.delivery.domain.message import MessageState
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.tenant_mail.domain.mail_run import MailRun
from tocsin.tenant_mail.domain.mailed_events import MailOutcome
from tocsin.tenant_mail.ports import MailRuns, RefusedMails

NOT_SENT = "not_sent"
"""State of a mail that was never a message; its reason is the outcome of its run."""

FORGOTTEN = "forgotten"
"""State of a mail whose messages are gone: those with passwords are kept for two days."""

_NOT_TAKEN = frozenset({MessageState.FAILED, MessageState.RETRY_WAIT, MessageState.SENDING, MessageState.EXPIRED})
"""States of a mail that no server has taken, as far as we know."""

Outcomes = Callable[[TenantId, Sequence[AlertRef]], Mapping[AlertRef, Sequence[MessageOutcome]]]
"""Returns what became of the messages of alerts; `ReadMessageOutcomes` is one."""


@dataclass(frozen=True, slots=True)
class MailedMessage:
    """One mail to one receiver.

    Attributes:
        message: what became of it; None = nothing was sent, or the messages are gone: see the run.
        said: the own words of the mail server that did not take it; "" = none.
    """

    run: MailRun
    message: MessageOutcome | None
    said: str = ""

    @property
    def state(self) -> str:
        """A `MessageState`, `excluded`, NOT_SENT or FORGOTTEN."""
        if self.message is not None:
            return self.message.state
        return NOT_SENT if self.run.alert is None else FORGOTTEN


@dataclass(frozen=True, slots=True)
class ExplainedMail:
    """What became of the mail about one event.

    Attributes:
        outcome: None = the event is about to be acted on.
        messages: None = the caller may not see them.
    """

    template: str
    custom: bool
    outcome: MailOutcome | None
    messages: Sequence[MailedMessage] | None


@dataclass(frozen=True, slots=True)
class MailedPage:
    """Messages, newest event first. A page may be short, or empty. `next` is opaque, None on the last page."""

    messages: Sequence[MailedMessage]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadMails:
    """Reads mails about events for a caller."""

    runs: MailRuns
    refused: RefusedMails
    outcomes: Outcomes
    clock: Clock

    def check_may_read(self, caller: Principal) -> None:
        """Raise Forbidden unless the caller manages tenant mail."""
        caller.need(Permission.MAIL, Reach.ALL)

    def of_event(self, caller: Principal, stored: StoredEvent) -> Sequence[ExplainedMail]:
        """Return what became of the mail about an event that the caller may see; nothing if it is never mailed.

        Who does not manage tenant mail sees no messages, because they name receivers.
        """
        templates = [act[1] for act in stored.acts if act[0] == ActKind.MAIL.value]
        if not templates:
            return ()
        may_see = caller.reach(Permission.MAIL) is Reach.ALL
        run = self.runs.get(caller.tenant, stored.place, self.clock())
        if run is None:
            # Only what is switched off leaves no run.
            outcome = None if stored.owed else MailOutcome.SWITCHED_OFF
            return [ExplainedMail(template, False, outcome, () if may_see else None) for template in templates]
        messages = [each for each in self._messages([run]) if each.message] if may_see else None
        return [ExplainedMail(run.template, run.custom, run.outcome, messages)]

    def page(self, caller: Principal, state: str | None, limit: int, cursor: str | None = None) -> MailedPage:
        """Return the messages of at most `limit` events.

        Args:
            state: of the messages; None = any.

        Raises:
            Forbidden: the caller does not manage tenant mail.
            InvalidRequest: the cursor is of another list.
        """
        self.check_may_read(caller)
        page = self.runs.page(caller.tenant, limit, cursor, self.clock())
        found = self._messages([run for run in page.runs if run.outcome is not MailOutcome.ALREADY_SENT])
        return MailedPage([each for each in found if state in (None, each.state)], page.next)

    def _messages(self, runs: Sequence[MailRun]) -> Iterator[MailedMessage]:
        alerts = [run.alert for run in runs if run.alert is not None]
        outcomes = self.outcomes(runs[0].tenant, alerts) if alerts else {}
        places = [each.place for ref in outcomes for each in outcomes[ref] if each.place and each.state in _NOT_TAKEN]
        said = self.refused.said(runs[0].tenant, places, self.clock()) if places else {}
        for run in runs:
            if run.alert is None or run.alert not in outcomes:
                yield MailedMessage(run, None)
                continue
            for message in outcomes.get(run.alert, ()):
                yield MailedMessage(run, message, said.get(message.place, "") if message.place else "")
