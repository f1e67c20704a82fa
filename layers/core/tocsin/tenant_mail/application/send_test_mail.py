"""Send one mail by an account's mail server, and wait for what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.internal.inside_alert import InsideAlert, InsideMessage
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.delivery.domain.message import MessageState
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness
from tocsin.limits.application.check_rate import check_rate
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.tenant_mail.application.manage_settings import ManageMailSettings, check_may_change_mail
from tocsin.tenant_mail.domain.changed_settings import may_use_port
from tocsin.tenant_mail.domain.refusals import (
    MailNotConfigured,
    MailNotSent,
    MailPortNotAllowed,
    MailServerRefused,
    MailServerTimeout,
    MailServerUnreachable,
)
from tocsin.tenant_mail.domain.server_answer import MailReason

TEST_MAILS = Rate(30, timedelta(hours=1))
"""Most test mails of an account."""

PATIENCE = timedelta(seconds=20)
"""After this the mail is too late, and the wait is over."""

PAUSE = timedelta(milliseconds=200)
"""Between two looks at the message."""

_SENT = (MessageState.SENT, MessageState.DELIVERED)
_UNCERTAIN = (MessageState.UNKNOWN, MessageState.UNCONFIRMED, MessageState.EXPIRED)
_ON_ITS_WAY = (MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTestMail:
    """Sends test mails for a caller who may manage the mail of the account.

    Attributes:
        may_send: raises Restoring while nothing is sent.
        send: `SendInside`.
        outcomes: `ReadMessageOutcomes`.
        wait: sleeps.
    """

    manage: ManageMailSettings
    may_send: Callable[[], None]
    send: Callable[[InsideAlert], object]
    outcomes: Callable[[TenantId, Sequence[AlertRef]], Mapping[AlertRef, Sequence[MessageOutcome]]]
    counters: Counters
    suppress: Suppress
    clock: Clock
    randomness: Randomness
    wait: Callable[[timedelta], None]

    def __call__(self, caller: Principal, recipient: str, content: EmailContent) -> SuppressionReason | None:
        """Send a mail, and return when a server has taken it.

        A suppressed receiver gets it all the same.

        Args:
            recipient: one address.

        Returns:
            Why other mails do not reach the receiver; None = they do.

        Raises:
            Forbidden.
            TooManyRequests: the account has sent TEST_MAILS in this hour.
            MailNotSent: which one says why.
            Restoring: nothing is sent now.
            StorageUnavailable: it may be sent.
        """
        check_may_change_mail(caller)
        view, now = self.manage.get(caller), self.clock()
        sentence = f"an account sends at most {TEST_MAILS.count} test mails an hour"
        check_rate(self.counters, caller.tenant, "mail_test", TEST_MAILS, now, sentence)
        if not view.settings.has_own_server and not view.system_allowed:
            raise MailNotConfigured(MailReason.NO_MAIL_SERVER)
        if not may_use_port(view.settings, self.manage.policy):
            raise MailPortNotAllowed(MailReason.PORT_NOT_ALLOWED)
        self.may_send()
        alert = InsideAlert(
            tenant=caller.tenant,
            cause=Cause(CauseKind.MAIL_TEST, "mail_test", time_ordered_uuid(now, self.randomness.token(10)), now),
            title=content.subject,
            messages=[InsideMessage("test", [recipient], content)],
            urgent=True,
            sent_within=PATIENCE,
            has_quiet_hours=False,
        )
        self.send(alert)
        self._check_taken(caller.tenant, self._outcome(caller.tenant, alert.ref))
        return self.suppress.standing(caller.tenant, Channel.EMAIL, [recipient]).get(recipient)

    def _outcome(self, tenant: TenantId, ref: AlertRef) -> MessageOutcome:
        until = self.clock() + PATIENCE
        while True:
            found = self.outcomes(tenant, [ref]).get(ref, ())
            if found and found[0].state not in _ON_ITS_WAY:
                return found[0]
            if self.clock() >= until:
                raise MailServerTimeout
            self.wait(PAUSE)

    def _check_taken(self, tenant: TenantId, outcome: MessageOutcome) -> None:
        if outcome.state in _UNCERTAIN:
            raise MailServerTimeout
        if outcome.state not in _SENT:
            raise self._refusal(tenant, outcome.reason or outcome.state)

    def _refusal(self, tenant: TenantId, reason: str) -> MailNotSent:
        match reason:
            case MailReason.NO_MAIL_SERVER:
                return MailNotConfigured(reason)
            case MailReason.PORT_NOT_ALLOWED:
                return MailPortNotAllowed(reason)
            case MailReason.UNREACHABLE:
                return MailServerUnreachable(reason)
        state = self.manage.settings.state(tenant)
        return MailServerRefused(reason, state.said if state.reason == reason else "")
