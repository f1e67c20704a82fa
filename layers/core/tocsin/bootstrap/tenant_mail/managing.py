"""Composition of the use cases of tenant mail, for the settings API and the console.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.tenant_mail.application.manage_settings import ManageMailSettings
    from tocsin.tenant_mail.application.manage_templates import ManageTemplates
    from tocsin.tenant_mail.application.send_test_mail import SendTestMail


class MailServerRules(Protocol):
    """Settings of a function about mail servers of accounts."""

    @property
    def open_egress(self) -> bool:
        """Whether mail servers may be on loopback addresses."""
        ...

    @property
    def allow_plain_smtp(self) -> bool:
        """Whether mails may go without TLS to a server without sign-in."""
        ...


class MailUseCases:
    """The use cases of tenant mail.

    Args:
        queues: for test mails; None = none are sent.
        service: the function's name, as a metric dimension.
        may_send: returns what raises Restoring while nothing is sent.
        open_egress: mail servers may be on loopback addresses; on the local engine only.
        plain_allowed: mails may go without TLS to a server without sign-in.
    """

    def __init__(
        self,
        storage: Storage,
        queues: Queues | None = None,
        *,
        service: str = "",
        may_send: Callable[[], Callable[[], None]] = lambda: lambda: None,
        open_egress: bool = False,
        plain_allowed: bool = False,
    ) -> None:
        self._storage, self._queues, self._service = storage, queues, service
        self._may_send, self._open_egress, self._plain_allowed = may_send, open_egress, plain_allowed

    @classmethod
    def of(
        cls,
        settings: MailServerRules,
        storage: Storage,
        queues: Queues,
        *,
        service: str,
        may_send: Callable[[], Callable[[], None]],
    ) -> MailUseCases:
        """Return the use cases of a function, by its settings."""
        return cls(
            storage,
            queues,
            service=service,
            may_send=may_send,
            open_egress=settings.open_egress,
            plain_allowed=settings.allow_plain_smtp,
        )

    @cached_property
    def settings(self) -> ManageMailSettings:
        """Reads and saves mail settings."""
        from tocsin.bootstrap.tenant_mail.sending import may_use_system
        from tocsin.egress.domain.url_policy import EgressPolicy
        from tocsin.tenant_mail.application.manage_settings import ManageMailSettings
        from tocsin.tenant_mail.application.try_waiting import ArmWaitingMails

        assert self._queues is not None, "a process without queues saves no mail settings"
        return ManageMailSettings(
            settings=self._storage.mail_settings,
            trail=self._storage.audit_trail,
            clock=self._storage.clock,
            randomness=self._storage.randomness,
            policy=EgressPolicy(loopback=self._open_egress),
            plain_allowed=self._plain_allowed,
            system_allowed=may_use_system(self._storage),
            waiting=ArmWaitingMails(self._storage.timers, self._queues.timers, self._storage.clock),
        )

    @cached_property
    def templates(self) -> ManageTemplates:
        """Reads and writes mail templates."""
        from tocsin.tenant_mail.application.manage_templates import ManageTemplates

        return ManageTemplates(
            templates=self._storage.mail_templates,
            tenants=self._storage.tenants,
            trail=self._storage.audit_trail,
            clock=self._storage.clock,
            randomness=self._storage.randomness,
        )

    @cached_property
    def test(self) -> SendTestMail:
        """Sends test mails."""
        from tocsin.bootstrap.sending import send_inside
        from tocsin.delivery.application.message_outcomes import ReadMessageOutcomes
        from tocsin.suppressions.application.suppress import Suppress
        from tocsin.tenant_mail.application.send_test_mail import SendTestMail

        assert self._queues is not None, "a process without queues sends no test mails"
        return SendTestMail(
            manage=self.settings,
            may_send=self._may_send(),
            send=send_inside(self._storage, self._queues, service=self._service),
            outcomes=ReadMessageOutcomes(self._storage.alerts, self._storage.message_rows),
            counters=self._storage.counters,
            suppress=Suppress(self._storage.suppressions, self._storage.sealer),
            clock=self._storage.clock,
            randomness=self._storage.randomness,
            wait=_sleep,
        )


def _sleep(span: timedelta) -> None:
    import time

    time.sleep(span.total_seconds())
