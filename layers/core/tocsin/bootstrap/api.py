"""Composition of the use cases of the alerts API.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.bootstrap.storing import SendUseCases

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.client_api.application.acknowledge_alert import AcknowledgeAlert
    from tocsin.client_api.application.cancel_alerts import CancelAlerts
    from tocsin.client_api.application.escalate_alert import EscalateAlert
    from tocsin.client_api.application.own_alert import OwnAlert
    from tocsin.client_api.application.resend_alert import ResendAlert
    from tocsin.client_api.application.set_info import SetInfo
    from tocsin.client_api.application.stop_alert import StopAlert
    from tocsin.escalation.application.answers import WakeEscalation
    from tocsin.escalation.application.cancel import CancelEscalations
    from tocsin.idempotency.application.idempotent_call import IdempotentCall
    from tocsin.identity.domain.principal import Principal
    from tocsin.identity.ports.tokens import CheckAccessToken
    from tocsin.kernel.domain.ids import CompanyId, TenantId
    from tocsin.voice.ports import DecodeAudio
    from tocsin.webhooks.application.manage import ManageCallbacks


class ApiUseCases(SendUseCases):
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
        super().__init__(
            storage,
            queues,
            service=service,
            email_domain=email_domain,
            link_base=link_base,
            open_egress=open_egress,
            decode=decode,
        )
        self.may_send = may_send
        self._check_access = check_access

    # --- callers ------------------------------------------------------------------------------------------------

    @cached_property
    def authenticate(self) -> Callable[..., Principal]:
        """Says who calls."""
        from tocsin.bootstrap.authenticating import authenticate_caller

        return authenticate_caller(self._storage, self._check_access)

    @cached_property
    def idempotent_call(self) -> IdempotentCall:
        """Answers a repeated call as the first was."""
        from tocsin.idempotency.application.idempotent_call import IdempotentCall

        return IdempotentCall(self._storage.idempotency_store, self.clock)

    def has_company(self, tenant: TenantId, company: CompanyId) -> bool:
        """Whether an account has a company."""
        from tocsin.directory.domain.things import Kind

        return self._storage.directory.get(tenant, Kind.COMPANY, company) is not None

    # --- acts on alerts that were sent --------------------------------------------------------------------------

    @cached_property
    def cancel(self) -> CancelAlerts:
        """Cancels alerts."""
        from tocsin.client_api.application.cancel_alerts import CancelAlerts

        return CancelAlerts(
            alerts=self._storage.alerts,
            dispatch_progress=self._storage.dispatch_progress,
            rows=self._storage.message_rows,
            clock=self.clock,
            links=self._storage.link_sets,
            names_link=self._waiting.names_link,
            schedules=self.change_schedule,
            escalations=self._cancel_escalations,
            end_trigger=self.end_trigger,
            queue=self._queues.dispatch,
        )

    @cached_property
    def own_alert(self) -> OwnAlert:
        """Finds an alert of the caller."""
        from tocsin.client_api.application.own_alert import OwnAlert

        return OwnAlert(self._storage.alerts, self.clock)

    @cached_property
    def escalate_alert(self) -> EscalateAlert:
        """Takes the next step of an escalation now."""
        from tocsin.client_api.application.escalate_alert import EscalateAlert
        from tocsin.escalation.application.request_step import RequestStep

        return EscalateAlert(RequestStep(self._storage.escalations, self._wake), self.clock)

    @cached_property
    def stop_alert(self) -> StopAlert:
        """Stops an alert and its escalation."""
        from tocsin.client_api.application.stop_alert import StopAlert

        return StopAlert(
            cancel=self.cancel,
            escalations=self._storage.escalations,
            cancel_escalations=self._cancel_escalations,
            clock=self.clock,
        )

    @cached_property
    def acknowledge_alert(self) -> AcknowledgeAlert:
        """Answers for a person."""
        from tocsin.bootstrap.answering import record_reply
        from tocsin.client_api.application.acknowledge_alert import AcknowledgeAlert

        return AcknowledgeAlert(
            alerts=self._storage.alerts,
            escalations=self._storage.escalations,
            record=record_reply(self._storage, self._queues),
            clock=self.clock,
        )

    @cached_property
    def resend_alert(self) -> ResendAlert:
        """Sends again what failed."""
        from tocsin.client_api.application.resend_alert import ResendAlert
        from tocsin.delivery.application.resend import ResendFailed

        return ResendAlert(
            self._storage.escalations,
            ResendFailed(
                alerts=self._storage.alerts,
                rows=self._storage.message_rows,
                dispatch_progress=self._storage.dispatch_progress,
                reopened=self._storage.reopened_batches,
                queue=self._queues.dispatch,
                clock=self.clock,
            ),
        )

    # --- the account --------------------------------------------------------------------------------------------

    @cached_property
    def set_info(self) -> SetInfo:
        """Changes the settings of a key."""
        from tocsin.bootstrap.notifying import mail_owners
        from tocsin.client_api.application.set_info import SetInfo

        return SetInfo(
            keys=self._storage.api_keys,
            egress=self._pipeline.egress,
            clock=self.clock,
            mail_owners=mail_owners(self._storage, self._queues),
        )

    @cached_property
    def manage_callbacks(self) -> ManageCallbacks:
        """Changes callback URLs."""
        from tocsin.webhooks.application.manage import ManageCallbacks
        from tocsin.webhooks.application.send_test import SendTestEvent

        storage, queue = self._storage, self._queues.callbacks
        return ManageCallbacks(
            endpoints=storage.webhook_endpoints,
            deliveries=storage.webhook_deliveries,
            queue=queue,
            clock=self.clock,
            randomness=storage.randomness,
            send_test=SendTestEvent(
                deliveries=storage.webhook_deliveries,
                queue=queue,
                counters=storage.counters,
                clock=self.clock,
                randomness=storage.randomness,
            ),
            egress=self._pipeline.egress,
            sealer=storage.sealer,
        )

    # --- parts that several use cases share ---------------------------------------------------------------------

    @cached_property
    def _wake(self) -> WakeEscalation:
        from tocsin.bootstrap.answering import wake_escalation

        return wake_escalation(self._storage, self._queues)

    @cached_property
    def _cancel_escalations(self) -> CancelEscalations:
        from tocsin.escalation.application.cancel import CancelEscalations

        return CancelEscalations(self._storage.escalations, self._wake)
