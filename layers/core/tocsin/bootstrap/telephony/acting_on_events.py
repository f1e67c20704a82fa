"""Composition of what telephony events bring about, and of the timers that it leaves.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.timers.domain.timer import TimerKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tocsin.alert_rules.application.running.run_rule import RunRule, Send
    from tocsin.alert_rules.application.running.runs_on_bus import RunsOnBus
    from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.bootstrap.telephony.ingesting import IngestUseCases
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.personal_notices.application.count_text import CountText
    from tocsin.personal_notices.application.tell_of_event import TellOfEvent
    from tocsin.personal_notices.ports import TellPeople
    from tocsin.telephony.application.act_on_events import ActOnEvents
    from tocsin.telephony.application.assemble_call import AssembleCall
    from tocsin.telephony.application.ingest import IngestEvents
    from tocsin.tenant_mail.application.mail_event import MailEvent
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer


class ActingUseCases:
    """The use cases that do what events bring about. One object serves one process and thread.

    Args:
        service: the function's name, as a metric dimension.
        console: address of the console, for messages that name the page of an event; "" = it is not known.
    """

    def __init__(self, storage: Storage, queues: Queues, *, service: str, console: str = "") -> None:
        self._storage, self._queues, self._service, self._console = storage, queues, service, console

    @cached_property
    def act(self) -> ActOnEvents:
        """Orders of events."""
        from tocsin.alert_rules.application.running.act_on_lines import ActOnLine
        from tocsin.bootstrap.reminders.managing import ReminderUseCases
        from tocsin.telephony.application.act_on_events import ActOnEvents
        from tocsin.telephony.application.act_on_legs import ActOnLeg
        from tocsin.telephony.application.follow_line import FollowLine
        from tocsin.telephony.domain.acts import ActKind
        from tocsin.webhooks.application.event_on_bus import EventOnBus

        storage, queues = self._storage, self._queues
        return ActOnEvents(
            storage.event_rows,
            {
                ActKind.RULE: lambda tenant, stored, act: self._run(tenant, stored, *act[1:]),
                ActKind.LINE: ActOnLine(FollowLine(storage.line_states), self._ingesting.book, self._run),
                ActKind.MAIL: self._mail,
                ActKind.BUS: EventOnBus(storage.webhook_deliveries, queues.callbacks, storage.clock),
                ActKind.NOTICE: self._tell_of_event,
                ActKind.BURST: self._count_text,
                ActKind.INTEGRATION: self._integrations.report_by_event,
                ActKind.APPOINTMENT: ReminderUseCases(storage, queues.timers).act,
                ActKind.LEG: ActOnLeg(
                    assemble=self._assemble,
                    sources=storage.event_sources,
                    timers=storage.timers,
                    queue=queues.timers,
                    clock=storage.clock,
                ),
            },
            storage.clock,
        )

    @cached_property
    def timer_actions(self) -> dict[TimerKind, Action]:
        """What timers of calls, rules and sources do; each action is made when a timer of its kind is due."""
        return {
            TimerKind.CALL: made_later(lambda: self._settle_call),
            TimerKind.HOLD: made_later(lambda: self._end_hold),
            TimerKind.THROTTLE_END: made_later(lambda: self._end_throttle),
            TimerKind.DIGEST: made_later(lambda: self._send_digest),
            TimerKind.SOURCE: made_later(lambda: self._watch_source),
            TimerKind.INCIDENT: made_later(lambda: self._integrations.move_incident),
        }

    @cached_property
    def _integrations(self) -> IntegrationUseCases:
        from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases

        console = self._console
        return IntegrationUseCases(self._storage, self._queues, service=self._service, console=console)

    @cached_property
    def _settle_call(self) -> Action:
        from tocsin.telephony.application.act_on_legs import SettleLegs

        return SettleLegs(self._assemble, self._storage.event_rows)

    @cached_property
    def _watch_source(self) -> Action:
        from tocsin.bootstrap.notifying import mail_administrators
        from tocsin.telephony.application.watch_sources import WatchSource

        storage = self._storage
        return WatchSource(
            sources=storage.event_sources,
            pulses=storage.source_pulses,
            ingest=self._ingest_own,
            notices=storage.account_notices,
            owners=storage.key_owners,
            mail=mail_administrators(storage, self._queues),
        )

    @cached_property
    def _end_hold(self) -> Action:
        from tocsin.alert_rules.application.running.tell_later import EndHold

        storage = self._storage
        return EndHold(
            rules=storage.alert_rules,
            runs=storage.rule_runs,
            events=storage.event_rows,
            lines=storage.line_states,
            run=self._run,
        )

    @cached_property
    def _end_throttle(self) -> Action:
        from tocsin.alert_rules.application.running.tell_later import EndThrottle

        storage = self._storage
        return EndThrottle(
            rules=storage.alert_rules,
            windows=storage.rule_windows,
            events=storage.event_rows,
            book=self._ingesting.book,
            send=self._send,
            console=self._console,
            on_bus=self._runs_on_bus,
        )

    @cached_property
    def _send_digest(self) -> Action:
        from tocsin.alert_rules.application.running.tell_later import SendDigest

        storage = self._storage
        return SendDigest(
            rules=storage.alert_rules,
            windows=storage.rule_windows,
            events=storage.event_rows,
            book=self._ingesting.book,
            send=self._send,
            console=self._console,
            on_bus=self._runs_on_bus,
        )

    @cached_property
    def _run(self) -> RunRule:
        from tocsin.alert_rules.application.running.run_rule import RunRule
        from tocsin.alert_rules.application.running.sent_texts import ReadSentTexts

        storage = self._storage
        return RunRule(
            rules=storage.alert_rules,
            runs=storage.rule_runs,
            windows=storage.rule_windows,
            book=self._ingesting.book,
            sent_texts=ReadSentTexts(
                conversations=storage.conversations,
                alerts=storage.alerts,
                messages=storage.message_rows,
                clock=storage.clock,
            ),
            send=self._send,
            clock=storage.clock,
            console=self._console,
            on_bus=self._runs_on_bus,
        )

    @cached_property
    def _runs_on_bus(self) -> RunsOnBus:
        from tocsin.bootstrap.telephony.on_bus import runs_on_bus

        return runs_on_bus(self._clocks.accounts)

    @cached_property
    def _clocks(self) -> AccountClocks:
        from tocsin.identity.application.account_clocks import AccountClocks

        return AccountClocks(self._storage.tenants, self._storage.clock)

    @cached_property
    def _mail(self) -> MailEvent:
        from tocsin.bootstrap.tenant_mail.sending import may_use_system
        from tocsin.directory.application.add_person import AddPerson
        from tocsin.tenant_mail.application.compose_mail import ComposeMail
        from tocsin.tenant_mail.application.find_things import FindThings
        from tocsin.tenant_mail.application.mail_event import MailEvent
        from tocsin.tenant_mail.application.new_person import NewPerson

        storage = self._storage
        return MailEvent(
            events=storage.event_rows,
            settings=storage.mail_settings,
            runs=storage.mail_runs,
            voicemails=storage.voicemail_lists,
            things=FindThings(storage.directory),
            preferences=storage.preferences,
            compose=ComposeMail(storage.mail_templates, storage.tenants.get),
            new_person=NewPerson(storage.directory, AddPerson(storage.directory, storage.randomness, storage.clock)),
            send=self._send,
            may_use_system=may_use_system(storage),
            clock=storage.clock,
        )

    @cached_property
    def _tell_of_event(self) -> TellOfEvent:
        from tocsin.bootstrap.personal_notices import tell_of_event

        people = self._ingesting.people
        return tell_of_event(
            self._storage, self._queues, people, self._tell, service=self._service, console=self._console
        )

    @cached_property
    def _count_text(self) -> CountText:
        from tocsin.bootstrap.personal_notices import count_text

        return count_text(self._storage, self._ingesting.people, self._tell)

    @cached_property
    def _tell(self) -> TellPeople:
        from tocsin.bootstrap.personal_notices import tell_people
        from tocsin.personal_notices.domain.notice import NoticeKind
        from tocsin.tenant_mail.application.voicemail_mailed import VoicemailMailed

        storage = self._storage
        mailed = VoicemailMailed(
            events=storage.event_rows, runs=storage.mail_runs, mail=self._mail, clock=storage.clock
        )
        return tell_people(
            storage,
            self._queues,
            service=self._service,
            console=self._console,
            mailed=lambda notice: (
                mailed(notice.tenant, notice.event) if notice.kind is NoticeKind.VOICEMAIL and notice.event else ()
            ),
        )

    @cached_property
    def _send(self) -> Send:
        from tocsin.bootstrap.sending import send_inside

        return send_inside(self._storage, self._queues, service=self._service, clocks=self._clocks)

    @cached_property
    def _assemble(self) -> AssembleCall:
        from tocsin.telephony.application.assemble_call import AssembleCall

        storage = self._storage
        return AssembleCall(storage.calls_being_assembled, self._ingest_own, storage.clock)

    @cached_property
    def _ingest_own(self) -> IngestEvents:
        """For events that Tocsin makes itself."""
        from tocsin.bootstrap.telephony.on_bus import with_bus

        return with_bus(self._ingesting.ingest, self._clocks.accounts)

    @cached_property
    def _ingesting(self) -> IngestUseCases:
        from tocsin.bootstrap.telephony.ingesting import IngestUseCases

        return IngestUseCases(self._storage, self._queues)


def made_later(make: Callable[[], Action]) -> Action:
    """Return an action of timers that is made when a timer is due."""

    def action(timer: Timer, now: datetime) -> datetime | None:
        return make()(timer, now)

    return action
