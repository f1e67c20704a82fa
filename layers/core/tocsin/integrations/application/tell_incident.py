"""Mail people that an integration does not work, at a stage of its incident.

Who is mailed is decided now: subscriptions, roles, companies, settings and addresses are read as they are. The mail has
the id of incident and stage, so a repeat finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from tocsin.directory.domain.things import Company, Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.integrations.domain.incident import IntegrationIncident
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.receivers import receivers
from tocsin.integrations.domain.words import incident_mail
from tocsin.integrations.ports import IntegrationAlerts
from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.preferences.domain.settings import AccountTopic
from tocsin.preferences.ports import WhoWants


@dataclass(frozen=True, slots=True, kw_only=True)
class TellIncident:
    """Sends the mail that an incident owes.

    Attributes:
        send: accepts a mail to people. It may be repeated. Raises StorageUnavailable.
        zone: returns the time zone of an account.
        console: address of the console; "" = it is not known.
    """

    alerts: IntegrationAlerts
    directory: Directory
    who_wants: WhoWants
    send: Callable[[AccountMail], object]
    zone: Callable[[TenantId], tzinfo]
    console: str = ""

    def __call__(self, integration: Integration, incident: IntegrationIncident) -> IntegrationIncident:
        """Send what is owed; return the incident that owes nothing. Raises StorageUnavailable: to be repeated."""
        told = incident.owed
        if told is None:
            return incident
        tenant = integration.tenant
        users = [each for each in self.directory.all(tenant, Kind.USER) if isinstance(each, User)]
        found = receivers(
            integration.company, users, self.alerts.all(tenant), self.who_wants(tenant, AccountTopic.FAILED_INTEGRATION)
        )
        if found.people:
            mail = incident_mail(
                integration,
                incident,
                told.stage,
                company=self._company(integration),
                zone=self.zone(tenant),
                console=self.console,
            )
            cause, to = incident.cause(told), found.people
            self.send(AccountMail(tenant=tenant, cause=cause, subject=mail.subject, text=mail.text, to=to))
            self.alerts.mark_sent(tenant, found.because, told.at)
        return incident.mailed(len(found.people))

    def _company(self, integration: Integration) -> str | None:
        if integration.company is None:
            return None
        found = self.directory.get(integration.tenant, Kind.COMPANY, integration.company)
        return found.name if isinstance(found, Company) else None
