"""Write the mail about an event, by the account's template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC

from tocsin.alerts.domain.internal.inside_alert import InsideMessage
from tocsin.content.domain.content import EmailContent
from tocsin.directory.domain.things import Line
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.vocabulary import without_secrets
from tocsin.tenant_mail.domain.mail_variables import AccountFacts, values_of
from tocsin.tenant_mail.domain.mailed_events import MailDecision, ThingsOfEvent
from tocsin.tenant_mail.domain.rendered_mail import rendered
from tocsin.tenant_mail.domain.voicemails import told_as_voicemail
from tocsin.tenant_mail.ports import MailTemplates


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """The mail about an event.

    Attributes:
        custom: the account has a template of its own.
        copy: for those who get no secrets; None = there are none.
    """

    custom: bool
    subject: str
    mail: InsideMessage
    copy: InsideMessage | None


@dataclass(frozen=True, slots=True)
class ComposeMail:
    """Writes it.

    Attributes:
        tenant_of: returns an account, for its name and zone.
    """

    templates: MailTemplates
    tenant_of: Callable[[TenantId], Tenant | None]

    def __call__(
        self, tenant: TenantId, event: TelephonyEvent, template: str, things: ThingsOfEvent, decision: MailDecision
    ) -> ComposedMail:
        """Return the mail to everybody of a decision.

        Raises:
            RequestTooLarge: with the values of the event it is longer than mails may be.
        """
        account, own = self.tenant_of(tenant), self.templates.get(tenant, template)
        facts = _facts(account, things)

        def content(event: TelephonyEvent) -> EmailContent:
            name = account.name if account else ""
            return rendered(template, own, values_of(template, event, facts), name).content

        told = told_as_voicemail(event) if things.mailbox is not None else event
        mail, copy = content(told), None
        if decision.without_secrets:
            blank = replace(told, data=without_secrets(told.type, told.data))
            copy = InsideMessage("copy", decision.without_secrets, content(blank))
        return ComposedMail(own is not None, mail.subject, InsideMessage("mail", decision.to, mail), copy)


def _facts(account: Tenant | None, things: ThingsOfEvent) -> AccountFacts:
    queue, mailbox = things.queue, things.mailbox
    person = things.owners[0] if len(things.owners) == 1 else things.person
    return AccountFacts(
        zone=account.clock.zone_info if account else UTC,
        queue_name=queue.name if queue else "",
        queue_number=queue.number if queue else "",
        mailbox_label="" if mailbox is None else mailbox.label if isinstance(mailbox, Line) else mailbox.name,
        person_name=person.name if person else "",
        person_email=person.email if person else "",
        person_extension=things.extension,
        pbx=account.pbx if account else {},
    )
