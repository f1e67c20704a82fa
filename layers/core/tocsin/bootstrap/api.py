"""Composition of the use cases of the alerts API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.alerts.application.check_later import CheckLater
from tocsin.bootstrap import answering
from tocsin.bootstrap.authenticating import authenticate_caller
from tocsin.bootstrap.notifying import mail_owners
from tocsin.bootstrap.sending import send_pipeline
from tocsin.client_api.application.acknowledge_alert import AcknowledgeAlert
from tocsin.client_api.application.cancel_alerts import CancelAlerts
from tocsin.client_api.application.escalate_alert import EscalateAlert
from tocsin.client_api.application.own_alert import OwnAlert
from tocsin.client_api.application.resend_alert import ResendAlert
from tocsin.client_api.application.set_info import SetInfo
from tocsin.client_api.application.stop_alert import StopAlert
from tocsin.client_api.application.waiting_alerts import EndWaiting, WaitingAlerts
from tocsin.delivery.application.resend import ResendFailed
from tocsin.directory.domain.things import Kind
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.escalation.application.cancel import CancelEscalations
from tocsin.escalation.application.request_step import RequestStep
from tocsin.history.application.explain import ExplainRecipient
from tocsin.history.application.export_results import ExportResults
from tocsin.history.application.incident import ReadIncident
from tocsin.history.application.incident_people import ReadPeople
from tocsin.history.application.list_alerts import ListAlerts, SummarizeAlerts
from tocsin.history.application.read_alerts import ReadAlertStatus, ReadRecipients
from tocsin.history.application.read_excluded import ReadExcluded
from tocsin.history.application.read_responses import ReadResponses
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.application.read_capacities import ReadCapacities
from tocsin.limits.application.read_limits import ReadLimits
from tocsin.notices.application.read_notices import ReadNotices
from tocsin.planning.application.plan_send import PlanSend
from tocsin.results.application.collect import CollectEvents
from tocsin.schedules.application.begin import BeginSchedule
from tocsin.schedules.application.change import ChangeSchedule
from tocsin.schedules.application.defer import DeferAlert
from tocsin.schedules.application.list_schedules import ListSchedules
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.schedules.application.send_together import SendTogether
from tocsin.stored_content.application.delete import DeleteContent
from tocsin.stored_content.application.edit_group import EditGroup
from tocsin.stored_content.application.list_stores import ListStores
from tocsin.stored_content.application.load_alert import LoadStoredAlert
from tocsin.stored_content.application.read_stores import ReadStores
from tocsin.stored_content.application.rename import RenameStore
from tocsin.stored_content.application.replace import ReplaceContent
from tocsin.stored_content.application.store import StoreContent
from tocsin.suppressions.application.suppress import Suppress
from tocsin.triggers.application.activate import ActivateTrigger
from tocsin.triggers.application.end import EndTrigger
from tocsin.triggers.application.list_triggers import ListTriggers
from tocsin.triggers.application.places import TriggerMailboxes, TriggerPlaces
from tocsin.webhooks.application.endpoints import ListCallbackDeliveries, ListCallbackEndpoints
from tocsin.webhooks.application.manage import ManageCallbacks
from tocsin.webhooks.application.read_callbacks import ReadCallbacks
from tocsin.webhooks.application.send_test import SendTestEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.escalation.application.answers import WakeEscalation
    from tocsin.identity.domain.principal import Principal
    from tocsin.identity.ports.tokens import CheckAccessToken
    from tocsin.kernel.domain.ids import CompanyId, TenantId
    from tocsin.voice.ports import DecodeAudio


class ApiUseCases:
    """The use cases that the routes of the alerts API call.

    Args:
        service: the function's name, as a metric dimension.
        email_domain: domain of the addresses to which people mail keywords.
        link_base: prefix of short links; empty if it is not known.
        open_egress: allow callbacks to loopback addresses; on the local engine only.
        may_send: raises `Restoring` while nothing may be sent.
        decode: decodes the recordings of calls; None = the voice channel is not served.
    """

    def __init__(
        self,
        storage: Storage,
        queues: Queues,
        *,
        service: str,
        email_domain: str,
        link_base: str = "",
        open_egress: bool = False,
        may_send: Callable[[], None] = lambda: None,
        check_access: CheckAccessToken = lambda token: None,
        decode: DecodeAudio | None = None,
    ) -> None:
        pipeline = send_pipeline(
            storage, queues, service=service, link_base=link_base, open_egress=open_egress, decode=decode
        )
        keys, alerts, stores, clock = storage.api_keys, storage.alerts, storage.stored_content, storage.clock
        sealer, randomness = storage.sealer, storage.randomness
        places = TriggerPlaces(storage.two_way_numbers, TriggerMailboxes(email_domain, sealer))
        check = CheckLater(pipeline.prepare)
        begin = BeginSchedule(check, pipeline.clocks, randomness)
        end_trigger = self.end_trigger = EndTrigger(storage.triggers, stores, clock)

        self.authenticate: Callable[..., Principal] = authenticate_caller(storage, check_access)
        self.has_company: Callable[[TenantId, CompanyId], bool] = lambda tenant, company: (
            storage.directory.get(tenant, Kind.COMPANY, company) is not None
        )
        self.idempotent_call = IdempotentCall(storage.idempotency_store, clock)

        self.may_send = may_send
        self.send = pipeline.send
        self.load_stored = LoadStoredAlert(stores, clock)
        self.store = StoreContent(stores=stores, clock=clock, randomness=randomness, decode=decode)
        self.schedule = ScheduleAlert(
            begin=begin, write=storage.commit_together, stores=stores, queue=queues.timers, clock=clock
        )
        self.change_schedule = ChangeSchedule(
            schedules=storage.schedules, write=storage.commit_together, stores=stores, queue=queues.timers, clock=clock
        )
        waiting = WaitingAlerts(schedules=storage.schedules, triggers=storage.triggers, stores=stores, read=read_stored)
        self.delete = DeleteContent(
            stores=stores,
            clock=clock,
            end_trigger=end_trigger,
            users=EndWaiting(waiting, self.change_schedule, end_trigger),
        )
        self.defer = DeferAlert(check=check, store=self.store, write=storage.commit_together, clock=clock)
        self.send_together = SendTogether(
            prepare=pipeline.prepare,
            begin=begin,
            write=storage.commit_together,
            keys=keys,
            batches=queues.dispatch,
            timers=queues.timers,
            clock=clock,
            notices=storage.account_notices,
            notify_refusals=pipeline.notify_refusals,
        )
        self.plan = PlanSend(
            prepare=pipeline.prepare,
            keys=keys,
            suppress=Suppress(storage.suppressions, sealer),
            clocks=pipeline.clocks,
            read=read_stored,
            clock=clock,
            limits=storage.limit_settings,
        )
        self.activate_trigger = ActivateTrigger(
            check=check,
            send=pipeline.send,
            alerts=alerts,
            stores=stores,
            triggers=storage.triggers,
            places=places,
            read=read_stored,
            clock=clock,
            randomness=randomness,
        )

        wake = answering.wake_escalation(storage, queues)
        cancel_escalations = CancelEscalations(storage.escalations, wake)
        self.cancel = CancelAlerts(
            alerts=alerts,
            dispatch_progress=storage.dispatch_progress,
            rows=storage.message_rows,
            clock=clock,
            links=storage.link_sets,
            names_link=waiting.names_link,
            schedules=self.change_schedule,
            escalations=cancel_escalations,
            end_trigger=end_trigger,
            queue=queues.dispatch,
        )
        self._acts(storage, queues, wake=wake, cancel_escalations=cancel_escalations)
        self._reads(storage, link_base)

        self.clock, self.clocks = clock, pipeline.clocks
        self.read_capacities = ReadCapacities(keys)
        self.list_stores = ListStores(stores)
        self.read_stores = ReadStores(stores, sealer, clock)
        self.edit_group = EditGroup(stores, clock)
        self.rename_store = RenameStore(stores, clock)
        self.replace_content = ReplaceContent(stores, clock, decode)
        self.list_schedules = ListSchedules(storage.schedules)
        self.list_triggers = ListTriggers(storage.triggers, places)
        self.read_limits = ReadLimits(storage.limit_settings, storage.counters)
        self.read_callbacks = ReadCallbacks(
            ListCallbackEndpoints(storage.webhook_endpoints), ListCallbackDeliveries(storage.webhook_deliveries, clock)
        )
        self.read_notices = ReadNotices(storage.account_notices)
        self.set_info = SetInfo(
            keys=keys, egress=pipeline.egress, clock=clock, mail_owners=mail_owners(storage, queues)
        )
        self.manage_callbacks = ManageCallbacks(
            endpoints=storage.webhook_endpoints,
            deliveries=storage.webhook_deliveries,
            queue=queues.callbacks,
            clock=clock,
            randomness=randomness,
            send_test=SendTestEvent(
                deliveries=storage.webhook_deliveries,
                queue=queues.callbacks,
                counters=storage.counters,
                clock=clock,
                randomness=randomness,
            ),
            egress=pipeline.egress,
            sealer=sealer,
        )

    def _acts(
        self, storage: Storage, queues: Queues, *, wake: WakeEscalation, cancel_escalations: CancelEscalations
    ) -> None:
        """Compose what is done to an alert that was sent."""
        alerts, clock = storage.alerts, storage.clock
        self.own_alert = OwnAlert(alerts, clock)
        self.escalate_alert = EscalateAlert(RequestStep(storage.escalations, wake), clock)
        self.stop_alert = StopAlert(
            cancel=self.cancel,
            escalations=storage.escalations,
            cancel_escalations=cancel_escalations,
            clock=clock,
        )
        self.acknowledge_alert = AcknowledgeAlert(
            alerts=alerts,
            escalations=storage.escalations,
            record=answering.record_reply(storage, queues),
            clock=clock,
        )

        self.resend_alert = ResendAlert(
            storage.escalations,
            ResendFailed(
                alerts=alerts,
                rows=storage.message_rows,
                dispatch_progress=storage.dispatch_progress,
                reopened=storage.reopened_batches,
                queue=queues.dispatch,
                clock=clock,
            ),
        )

    def _reads(self, storage: Storage, link_base: str) -> None:
        """Compose what is read of alerts that were sent."""
        alerts, clock, sealer, responses = storage.alerts, storage.clock, storage.sealer, storage.responses
        self.collect = CollectEvents(storage.waiting_events, alerts, clock)
        self.list_alerts = ListAlerts(
            alerts=alerts,
            dispatch_progress=storage.dispatch_progress,
            answers=storage.answer_overview,
            escalations=storage.escalations,
            clock=clock,
            messages=storage.message_rows,
        )
        self.summarize_alerts = SummarizeAlerts(
            alerts=alerts, dispatch_progress=storage.dispatch_progress, responses=responses, clock=clock
        )
        self.read_status = ReadAlertStatus(
            alerts=alerts,
            dispatch_progress=storage.dispatch_progress,
            responses=responses,
            clock=clock,
            escalations=storage.escalations,
            messages=storage.message_rows,
        )
        self.read_recipients = ReadRecipients(
            alerts=alerts,
            messages=storage.message_rows,
            responses=responses,
            sealer=sealer,
            clock=clock,
            link_base=link_base,
        )
        self.read_excluded = ReadExcluded(alerts=alerts, sealer=sealer, clock=clock)
        self.read_responses = ReadResponses(alerts=alerts, responses=responses, sealer=sealer, clock=clock)
        self.incident = ReadIncident(
            alerts=alerts,
            dispatch_progress=storage.dispatch_progress,
            answers=storage.answer_overview,
            escalations=storage.escalations,
            people=ReadPeople(
                alerts=alerts, messages=storage.message_rows, answers=storage.answer_overview, sealer=sealer
            ),
            clock=clock,
        )
        self.export_results = ExportResults(
            incident=self.incident,
            alerts=alerts,
            messages=storage.message_rows,
            answers=storage.answer_overview,
            sealer=sealer,
            clock=clock,
        )
        self.explain = ExplainRecipient(alerts=alerts, messages=storage.message_rows, responses=responses, clock=clock)
