"""Composition of the use cases of alert rules, and of the events that they are about.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tocsin.alert_rules.application.account import ReadAccount
    from tocsin.alert_rules.application.change_rule import ChangeRule
    from tocsin.alert_rules.application.directory_rules import DirectoryRules
    from tocsin.alert_rules.application.explain_events import ExplainEvents
    from tocsin.alert_rules.application.manage_rules import ManageRules
    from tocsin.alert_rules.application.read_events import ReadEvents
    from tocsin.alert_rules.application.read_history import ReadHistory
    from tocsin.alert_rules.application.read_rules import ReadRules
    from tocsin.alert_rules.application.rule_parts import RuleParts
    from tocsin.alert_rules.application.run_backtests import PreviewBacktest, StartBacktest, WalkHours
    from tocsin.alert_rules.application.sample_requests import SampleRequests
    from tocsin.alert_rules.application.stop_triggers import RuleChanges
    from tocsin.alert_rules.application.test_rule import TestRule
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.identity.domain.principal import Principal
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.personal_notices.application.explain_notices import ExplainNotices
    from tocsin.sign_in.ports.system_mail import SystemMail
    from tocsin.telephony.application.manage_sources import ManageSources
    from tocsin.tenant_mail.application.read_mails import ReadMails
    from tocsin.timers.domain.timer import Timer


class RuleUseCases:
    """The use cases of alert rules, event sources and telephony events, for the settings API and the console.

    Args:
        queues: for tests and backtests of rules; None = none are made.
        mail: tells people of triggers that stop; None = mail by `queues`.
        service: the function's name, as a metric dimension.
        may_send: returns what raises Restoring while nothing is sent.
        open_egress: webhooks may lead to loopback addresses; on the local engine only.
        sms_provider: `sns` or `eum`.
    """

    def __init__(
        self,
        storage: Storage,
        queues: Queues | None = None,
        *,
        mail: SystemMail | None = None,
        service: str = "",
        may_send: Callable[[], Callable[[], None]] = lambda: lambda: None,
        open_egress: bool = False,
        sms_provider: str = "sns",
    ) -> None:
        self._storage, self._queues, self._service = storage, queues, service
        self._may_send, self._open_egress, self._sms_provider = may_send, open_egress, sms_provider
        self._mail = mail
        self._clock, self._randomness = storage.clock, storage.randomness

    @cached_property
    def read(self) -> ReadRules:
        """Rules, lists of them, and runs."""
        from tocsin.alert_rules.application.read_rules import ReadRules

        return ReadRules(
            rules=self._storage.alert_rules,
            runs=self._storage.rule_runs,
            directory=self._storage.directory,
            clock=self._clock,
        )

    @cached_property
    def manage(self) -> ManageRules:
        """Creates, changes, copies, gives away and deletes rules."""
        from tocsin.alert_rules.application.manage_rules import ManageRules
        from tocsin.entrypoint.rule_body.rule import read_head, read_rule

        return ManageRules(
            change=self._change,
            parts=self.parts,
            read_rule=read_rule,
            read_head=read_head,
            tell_stopped=self._tell_stopped,
        )

    def _tell_stopped(self, caller: Principal, changes: RuleChanges) -> None:
        from tocsin.alert_rules.application.stop_triggers import TellStopped
        from tocsin.alerts.application.mail_people import MailPeople
        from tocsin.bootstrap.people.system_mail import system_mail

        mail = self._mail
        if mail is None:
            assert self._queues is not None, "a process without queues gives no rules to others"
            mail = system_mail(self._storage, self._queues)
        directory = self._storage.directory
        TellStopped(directory, MailPeople(directory, mail), self._clock)(caller, changes)

    @cached_property
    def parts(self) -> RuleParts:
        """Adds, changes and deletes triggers and notifications."""
        from tocsin.alert_rules.application.rule_parts import RuleParts
        from tocsin.entrypoint.rule_body.rule import read_action, read_trigger

        return RuleParts(self._change, read_trigger, read_action)

    @cached_property
    def sample_requests(self) -> SampleRequests:
        """Shows what a webhook sends."""
        from tocsin.alert_rules.application.sample_requests import SampleRequests

        return SampleRequests(
            read=self.read,
            account=self.account,
            zone=self._zone,
            clock=self._clock,
        )

    @cached_property
    def test(self) -> TestRule:
        """Sends samples by a rule."""
        from tocsin.alert_rules.application.test_rule import TestRule
        from tocsin.bootstrap.sending import send_inside
        from tocsin.bootstrap.telephony.on_bus import runs_on_bus

        assert self._queues is not None, "a process without queues tests no rules"
        return TestRule(
            read=self.read,
            account=self.account,
            zone=self._zone,
            may_send=self._may_send(),
            send=send_inside(self._storage, self._queues, service=self._service, clocks=self.clocks),
            counters=self._storage.counters,
            clock=self._clock,
            randomness=self._randomness,
            on_bus=runs_on_bus(self.clocks.accounts),
        )

    @cached_property
    def manage_sources(self) -> ManageSources:
        """Sources of events."""
        from tocsin.telephony.application.manage_sources import ManageSources
        from tocsin.telephony.application.watch_sources import HearSource

        return ManageSources(
            sources=self._storage.event_sources,
            samples=self._storage.source_samples,
            trail=self._storage.audit_trail,
            sealer=self._storage.sealer,
            clock=self._clock,
            randomness=self._randomness,
            watch=HearSource(self._storage.source_pulses, self._storage.timers, self._clock).changed,
        )

    @cached_property
    def start_backtest(self) -> StartBacktest:
        """Starts backtests, and reads them."""
        from tocsin.alert_rules.application.run_backtests import StartBacktest
        from tocsin.bootstrap.telephony.ingesting import kept_days

        assert self._queues is not None, "a process without queues starts no backtests"
        return StartBacktest(
            backtests=self._storage.backtests,
            timers=self._storage.timers,
            queue=self._queues.timers,
            kept_days=lambda tenant: kept_days(self._storage, tenant),
            clock=self._clock,
            randomness=self._randomness,
        )

    @cached_property
    def read_events(self) -> ReadEvents:
        """Events, one or many."""
        from tocsin.alert_rules.application.read_events import ReadEvents

        storage = self._storage
        return ReadEvents(rows=storage.event_rows, account=self.account, sealer=storage.sealer, clock=self._clock)

    @cached_property
    def explain_events(self) -> ExplainEvents:
        """What rules made of events."""
        from tocsin.alert_rules.application.explain_events import ExplainEvents

        return ExplainEvents(
            events=self.read_events,
            read=self.read,
            rules=self._storage.alert_rules,
            runs=self._storage.rule_runs,
            lines=self._storage.line_states,
            account=self.account,
            trail=self._storage.audit_trail,
            zone=lambda tenant: self.clocks.get(tenant).zone_info,
            clock=self._clock,
        )

    @cached_property
    def read_mails(self) -> ReadMails:
        """What became of the mails about events."""
        from tocsin.delivery.application.message_outcomes import ReadMessageOutcomes
        from tocsin.tenant_mail.application.read_mails import ReadMails

        return ReadMails(
            runs=self._storage.mail_runs,
            refused=self._storage.refused_mails,
            outcomes=ReadMessageOutcomes(self._storage.alerts, self._storage.message_rows),
            clock=self._clock,
        )

    @cached_property
    def explain_notices(self) -> ExplainNotices:
        """Who was told of events."""
        from tocsin.bootstrap.personal_notices import explain_notices

        return explain_notices(self._storage)

    @cached_property
    def read_history(self) -> ReadHistory:
        """What rules sent."""
        from tocsin.alert_rules.application.read_history import ReadHistory
        from tocsin.delivery.application.message_outcomes import ReadMessageOutcomes

        return ReadHistory(
            read=self.read,
            rules=self._storage.alert_rules,
            runs=self._storage.rule_runs,
            account=self.account,
            outcomes=ReadMessageOutcomes(self._storage.alerts, self._storage.message_rows),
            deliveries=self._storage.webhook_deliveries,
            clock=self._clock,
            sms_provider=self._sms_provider,
        )

    def run_backtest(self, timer: Timer, now: datetime) -> datetime | None:
        """Go on with a backtest: the action of timers BACKTEST."""
        from tocsin.alert_rules.application.run_backtests import RunBacktest

        return RunBacktest(self._storage.backtests, self._walk_hours, self._clock)(timer, now)

    @cached_property
    def preview_backtest(self) -> PreviewBacktest:
        """The quick preview of the console."""
        from tocsin.alert_rules.application.run_backtests import PreviewBacktest

        return PreviewBacktest(self._walk_hours, self._clock)

    @cached_property
    def _walk_hours(self) -> WalkHours:
        from tocsin.alert_rules.application.run_backtests import WalkHours
        from tocsin.bootstrap.telephony.ingesting import read_account
        from tocsin.telephony.application.read_hours import ReadHours

        hours = ReadHours(self._storage.event_rows, self._storage.event_packs, self._clock)
        return WalkHours(hours, read_account(self._storage), self._zone)

    @cached_property
    def of_directory(self) -> DirectoryRules:
        """What the directory asks before things of it go."""
        from tocsin.alert_rules.application.directory_rules import DirectoryRules

        return DirectoryRules(self.manage)

    @cached_property
    def account(self) -> ReadAccount:
        """The directory, as rules see it."""
        from tocsin.alert_rules.application.account import ReadAccount
        from tocsin.directory.application.references import References

        return ReadAccount(self._storage.directory, References(self._storage.directory))

    @cached_property
    def clocks(self) -> AccountClocks:
        """The time zone of each account."""
        from tocsin.identity.application.account_clocks import AccountClocks

        return AccountClocks(self._storage.tenants, self._clock)

    def _zone(self, tenant: TenantId) -> ZoneInfo:
        return self.clocks.get(tenant).zone_info

    @cached_property
    def _change(self) -> ChangeRule:
        from tocsin.alert_rules.application.change_rule import ChangeRule
        from tocsin.egress.domain.url_policy import EgressPolicy

        return ChangeRule(
            rules=self._storage.alert_rules,
            read=self.read,
            account=self.account,
            policy=EgressPolicy(loopback=self._open_egress),
            clock=self._clock,
            randomness=self._randomness,
        )
