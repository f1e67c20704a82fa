"""Composition of the use cases that store, schedule and send: alerts go out now, or wait.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.bootstrap.reading import ReadUseCases

if TYPE_CHECKING:
    from tocsin.alerts.application.check_later import CheckLater
    from tocsin.alerts.application.send import SendAlert
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.sending import SendPipeline
    from tocsin.bootstrap.storage import Storage
    from tocsin.client_api.application.waiting_alerts import WaitingAlerts
    from tocsin.identity.application.account_clocks import AccountClocks
    from tocsin.planning.application.plan_send import PlanSend
    from tocsin.schedules.application.begin import BeginSchedule
    from tocsin.schedules.application.change import ChangeSchedule
    from tocsin.schedules.application.defer import DeferAlert
    from tocsin.schedules.application.schedule_alert import ScheduleAlert
    from tocsin.schedules.application.send_together import SendTogether
    from tocsin.stored_content.application.delete import DeleteContent
    from tocsin.stored_content.application.edit_group import EditGroup
    from tocsin.stored_content.application.load_alert import LoadStoredAlert
    from tocsin.stored_content.application.rename import RenameStore
    from tocsin.stored_content.application.replace import ReplaceContent
    from tocsin.stored_content.application.store import StoreContent
    from tocsin.triggers.application.activate import ActivateTrigger
    from tocsin.triggers.application.end import EndTrigger
    from tocsin.voice.ports import DecodeAudio


class SendUseCases(ReadUseCases):
    """The use cases that send, at once or later, and those of stored content. Arguments: see `ApiUseCases`."""

    def __init__(
        self,
        storage: Storage,
        queues: Queues,
        *,
        service: str,
        email_domain: str,
        link_base: str,
        open_egress: bool,
        decode: DecodeAudio | None,
    ) -> None:
        super().__init__(storage, email_domain=email_domain, link_base=link_base)
        self._queues, self._decode = queues, decode
        self._service, self._open_egress = service, open_egress

    @cached_property
    def _pipeline(self) -> SendPipeline:
        from tocsin.bootstrap.sending import send_pipeline

        return send_pipeline(
            self._storage,
            self._queues,
            service=self._service,
            link_base=self._link_base,
            open_egress=self._open_egress,
            decode=self._decode,
        )

    @property
    def send(self) -> SendAlert:
        """Sends an alert now."""
        return self._pipeline.send

    @property
    def clocks(self) -> AccountClocks:
        """The time zone of each account."""
        return self._pipeline.clocks

    # --- stored content -----------------------------------------------------------------------------------------

    @cached_property
    def load_stored(self) -> LoadStoredAlert:
        """Builds a request from what is stored."""
        from tocsin.stored_content.application.load_alert import LoadStoredAlert

        return LoadStoredAlert(self._storage.stored_content, self.clock)

    @cached_property
    def store(self) -> StoreContent:
        """Stores content."""
        from tocsin.stored_content.application.store import StoreContent

        return StoreContent(
            stores=self._storage.stored_content,
            clock=self.clock,
            randomness=self._storage.randomness,
            decode=self._decode,
        )

    @cached_property
    def delete(self) -> DeleteContent:
        """Deletes content, and ends what needs it."""
        from tocsin.client_api.application.waiting_alerts import EndWaiting
        from tocsin.stored_content.application.delete import DeleteContent

        return DeleteContent(
            stores=self._storage.stored_content,
            clock=self.clock,
            end_trigger=self.end_trigger,
            users=EndWaiting(self._waiting, self.change_schedule, self.end_trigger),
        )

    @cached_property
    def edit_group(self) -> EditGroup:
        """Edits the contacts of a group."""
        from tocsin.stored_content.application.edit_group import EditGroup

        return EditGroup(self._storage.stored_content, self.clock)

    @cached_property
    def rename_store(self) -> RenameStore:
        """Renames a store."""
        from tocsin.stored_content.application.rename import RenameStore

        return RenameStore(self._storage.stored_content, self.clock)

    @cached_property
    def replace_content(self) -> ReplaceContent:
        """Replaces the content of a store."""
        from tocsin.stored_content.application.replace import ReplaceContent

        return ReplaceContent(self._storage.stored_content, self.clock, self._decode)

    # --- schedules and triggers ---------------------------------------------------------------------------------

    @cached_property
    def schedule(self) -> ScheduleAlert:
        """Schedules an alert."""
        from tocsin.schedules.application.schedule_alert import ScheduleAlert

        return ScheduleAlert(
            begin=self._begin,
            write=self._storage.commit_together,
            stores=self._storage.stored_content,
            queue=self._queues.timers,
            clock=self.clock,
        )

    @cached_property
    def change_schedule(self) -> ChangeSchedule:
        """Pauses, resumes and cancels what is scheduled."""
        from tocsin.schedules.application.change import ChangeSchedule

        return ChangeSchedule(
            schedules=self._storage.schedules,
            write=self._storage.commit_together,
            stores=self._storage.stored_content,
            queue=self._queues.timers,
            clock=self.clock,
        )

    @cached_property
    def defer(self) -> DeferAlert:
        """Stores an alert instead of sending it."""
        from tocsin.schedules.application.defer import DeferAlert

        return DeferAlert(check=self._check, store=self.store, write=self._storage.commit_together, clock=self.clock)

    @cached_property
    def send_together(self) -> SendTogether:
        """Sends several alerts, or none of them."""
        from tocsin.schedules.application.send_together import SendTogether

        return SendTogether(
            prepare=self._pipeline.prepare,
            begin=self._begin,
            write=self._storage.commit_together,
            keys=self._storage.api_keys,
            batches=self._queues.dispatch,
            timers=self._queues.timers,
            clock=self.clock,
            notices=self._storage.account_notices,
            notify_refusals=self._pipeline.notify_refusals,
        )

    @cached_property
    def plan(self) -> PlanSend:
        """Says what sending would do."""
        from tocsin.entrypoint.alert_body.alert import read_stored
        from tocsin.planning.application.plan_send import PlanSend
        from tocsin.suppressions.application.suppress import Suppress

        return PlanSend(
            prepare=self._pipeline.prepare,
            keys=self._storage.api_keys,
            suppress=Suppress(self._storage.suppressions, self._storage.sealer),
            clocks=self.clocks,
            read=read_stored,
            clock=self.clock,
            limits=self._storage.limit_settings,
        )

    @cached_property
    def activate_trigger(self) -> ActivateTrigger:
        """Makes a stored alert wait for a keyword."""
        from tocsin.entrypoint.alert_body.alert import read_stored
        from tocsin.triggers.application.activate import ActivateTrigger

        return ActivateTrigger(
            check=self._check,
            send=self.send,
            alerts=self._storage.alerts,
            stores=self._storage.stored_content,
            triggers=self._storage.triggers,
            places=self.places,
            read=read_stored,
            clock=self.clock,
            randomness=self._storage.randomness,
        )

    @cached_property
    def end_trigger(self) -> EndTrigger:
        """Ends the wait for a keyword."""
        from tocsin.triggers.application.end import EndTrigger

        return EndTrigger(self._storage.triggers, self._storage.stored_content, self.clock)

    # --- parts that several use cases share ---------------------------------------------------------------------

    @cached_property
    def _check(self) -> CheckLater:
        from tocsin.alerts.application.check_later import CheckLater

        return CheckLater(self._pipeline.prepare)

    @cached_property
    def _begin(self) -> BeginSchedule:
        from tocsin.schedules.application.begin import BeginSchedule

        return BeginSchedule(self._check, self.clocks, self._storage.randomness)

    @cached_property
    def _waiting(self) -> WaitingAlerts:
        from tocsin.client_api.application.waiting_alerts import WaitingAlerts
        from tocsin.entrypoint.alert_body.alert import read_stored

        return WaitingAlerts(
            schedules=self._storage.schedules,
            triggers=self._storage.triggers,
            stores=self._storage.stored_content,
            read=read_stored,
        )
