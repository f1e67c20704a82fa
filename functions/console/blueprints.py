"""All pages of the console, each with the use cases it needs. The tests use the same pages with fakes.

The entrance is there from the start. Further pages are imported and made with the first request for one of them; see
`LateRoutes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from console.inbox.unread import UnreadCounts
from console.late import account_pages, alert_pages, mail_pages, telephony_pages
from console.routes.company import company_routes
from console.routes.frame import FindPerson, frame_routes
from console.routes.not_me import not_me_routes
from console.routes.signing_in import SigningInPages, sign_in_routes
from console.site import Site
from tocsin.entrypoint.http.late_routes import LateRoutes
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.kernel.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Blueprint

    from console.entries import Record
    from console.routes.compose import Composing
    from console.stores import AccountStores
    from tocsin.bootstrap.alert_rules import RuleUseCases
    from tocsin.bootstrap.api import ApiUseCases
    from tocsin.bootstrap.directory import DirectoryUseCases
    from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.reminders.managing import ReminderUseCases
    from tocsin.bootstrap.signing_in import SigningIn
    from tocsin.bootstrap.storage import Storage
    from tocsin.bootstrap.tenant_mail.managing import MailUseCases
    from tocsin.browser_push.application.own_browsers import OwnBrowsers
    from tocsin.browser_push.application.renew_browser import RenewBrowser
    from tocsin.entrypoint.http.cookies import Cookies
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.personal_notices.application.send_samples import SendSamples
    from tocsin.personal_notices.application.stop_texts import StopTexts
    from tocsin.reports.application.read_reports import ReadReports
    from tocsin.sign_in.application.company_sign_in import CompanySignIn
    from tocsin.tenant_mail.application.connect_mailbox import ConnectMailbox


def blueprints(
    storage: Storage,
    use: ApiUseCases,
    signing_in: SigningIn,
    people: DirectoryUseCases,
    rules: RuleUseCases,
    mail: MailUseCases,
    queues: Queues,
    *,
    cookies: Cookies,
    console_url: str = "",
    simulator: str = "",
    login_url: str = "",
    company: Callable[[str], CompanySignIn] | None = None,
    connect_mailbox: Callable[[], ConnectMailbox] | None = None,
    integrations: IntegrationUseCases | None = None,
) -> list[Blueprint | LateRoutes]:
    """Return the pages, to be added to the app.

    Args:
        console_url: where people reach the console, as `Call.address_by` reads it.
        simulator: address of the simulator page of the local engine; "" on AWS.
        login_url: address of managed login; "" = there is none.
        company: the use case of managed login, by the address of the console; None = there is none.
        connect_mailbox: returns the use case that connects a mailbox; None = no mailbox can be connected.
        integrations: the use cases of integrations; None = made when they are first needed.
    """
    find = FindPerson(signing_in.read_session, PersonPrincipal(storage.directory), storage.tenants, cookies)
    counts = UnreadCounts(storage.inboxes, storage.clock)
    site = Site(
        find,
        storage.clock,
        signing_in.accounts.of,
        lambda user: counts.of(user.tenant, user.id),
        simulator=simulator,
        sign_out_at=login_url,
    )
    entrance = SigningInPages(signing_in.sign_in, signing_in.passwords, cookies, company, console_url)
    parts = Parts(
        site,
        storage,
        use,
        signing_in,
        people,
        rules,
        mail,
        queues,
        cookies,
        console_url,
        connect_mailbox,
        counts,
        integrations,
    )
    return [
        sign_in_routes(site, entrance),
        company_routes(site, entrance),
        not_me_routes(site, signing_in.not_me, cookies),
        frame_routes(site, signing_in.own_sessions, entrance),
        LateRoutes(("/console/alerts/new",), partial(alert_pages.compose, parts)),
        LateRoutes(("/console/alerts/{alert_ref}",), partial(alert_pages.incident, parts)),
        LateRoutes(("/console/alerts",), partial(alert_pages.alerts, parts)),
        LateRoutes(("/console/escalations",), partial(alert_pages.escalations, parts)),
        LateRoutes(("/console/groups",), partial(alert_pages.groups, parts)),
        LateRoutes(("/console/content",), partial(alert_pages.content, parts)),
        LateRoutes(("/console/schedules",), partial(alert_pages.schedules, parts)),
        LateRoutes(("/console/triggers",), partial(alert_pages.triggers, parts)),
        LateRoutes(("/console/appointments",), partial(account_pages.appointments, parts)),
        LateRoutes(("/console/rules",), partial(telephony_pages.rules, parts)),
        LateRoutes(("/console/events",), partial(telephony_pages.events, parts)),
        LateRoutes(("/console/sources",), partial(telephony_pages.sources, parts)),
        LateRoutes(
            ("/console/integrations", "/console/integration-alerts"), partial(telephony_pages.integrations, parts)
        ),
        LateRoutes(("/console/mail/connect", "/oauth"), partial(account_pages.connecting, parts)),
        LateRoutes(("/console/mail",), partial(mail_pages.mail, parts)),
        LateRoutes(("/console/directory/import", "/console/users/import"), partial(account_pages.imports, parts)),
        LateRoutes(
            ("/console/me/notifications", "/console/users/{user_id}/notifications"),
            partial(account_pages.preferences, parts),
        ),
        LateRoutes(("/console/users",), partial(account_pages.people, parts)),
        LateRoutes(("/console/roles",), partial(account_pages.roles, parts)),
        LateRoutes(("/console/directory",), partial(account_pages.directory, parts)),
        LateRoutes(("/console/keys",), partial(account_pages.keys, parts)),
        LateRoutes(("/console/callbacks",), partial(account_pages.callbacks, parts)),
        LateRoutes(("/console/reports",), partial(account_pages.reports, parts)),
        LateRoutes(("/console/audit",), partial(account_pages.audit, parts)),
        LateRoutes(("/console/account",), partial(account_pages.account, parts)),
        LateRoutes(("/console/stop-texts",), partial(account_pages.stopping_texts, parts)),
        LateRoutes(
            ("/console/me/browsers", "/console/sw.js", "/console/renew-push"), partial(account_pages.browsers, parts)
        ),
        LateRoutes(("/console/me", "/console/prove"), partial(account_pages.own, parts)),
    ]


@dataclass(frozen=True)
class Parts:
    """The use cases of the console, and what several late pages share.

    Attributes:
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    site: Site
    storage: Storage
    use: ApiUseCases
    signing_in: SigningIn
    people: DirectoryUseCases
    rules: RuleUseCases
    mail: MailUseCases
    queues: Queues
    cookies: Cookies
    console_url: str
    connecting: Callable[[], ConnectMailbox] | None
    unread: UnreadCounts
    made_integrations: IntegrationUseCases | None = None

    @cached_property
    def integrations(self) -> IntegrationUseCases:
        """The use cases of integrations."""
        from tocsin.bootstrap.integrations.use_cases import IntegrationUseCases

        guard = self.use.may_send
        made = IntegrationUseCases(self.storage, self.queues, service="console", may_send=lambda: guard)
        return self.made_integrations or made

    def own_browsers(self) -> OwnBrowsers:
        """Return the use case of a person's browsers that are pushed to."""
        from tocsin.bootstrap.browsers.pushing import own_browsers

        return own_browsers(self.storage, self.use.set_info.egress)

    def renew_browser(self) -> RenewBrowser:
        """Return the use case of a browser whose push service has given it another subscription."""
        from tocsin.bootstrap.browsers.pushing import renew_browser

        return renew_browser(self.storage, self.use.set_info.egress)

    def connect_mailbox(self) -> ConnectMailbox:
        """Return the use case that connects a mailbox."""
        if self.connecting is None:
            raise NotFound("connection")
        return self.connecting()

    @cached_property
    def samples(self) -> Callable[[str], SendSamples]:
        """What returns the use case that sends samples of notices, by where the console is."""
        from tocsin.bootstrap.personal_notices import sample_sender

        return sample_sender(self.storage, self.queues, service="console", may_send=lambda: self.use.may_send)

    @cached_property
    def record(self) -> Record:
        """Writes into the audit log."""
        from console.entries import Record

        return Record(self.storage.audit_trail, self.storage.randomness)

    @cached_property
    def reminders(self) -> ReminderUseCases:
        """Appointments, and the reminders of them."""
        from tocsin.bootstrap.reminders.managing import ReminderUseCases

        return ReminderUseCases(self.storage, self.queues.timers)

    @cached_property
    def read_reports(self) -> ReadReports:
        """What reads the daily reports."""
        from tocsin.bootstrap.reports.use_cases import ReportUseCases

        return ReportUseCases(self.storage).read

    @cached_property
    def stores(self) -> AccountStores:
        """The stored content of the account."""
        from console.companies import Companies
        from console.stores import AccountStores

        use, storage = self.use, self.storage
        return AccountStores(
            repository=storage.stored_content,
            keys=storage.api_keys,
            store=use.store,
            delete_content=use.delete,
            rename=use.rename_store,
            record=self.record,
            companies=Companies(storage.directory),
        )

    @cached_property
    def composing(self) -> Composing:
        """What a form needs that sends."""
        from console.routes.compose import Composing
        from tocsin.history.application.read_sent_request import ReadSentRequest

        use, storage = self.use, self.storage
        return Composing(
            send=use.send,
            schedule=use.schedule,
            plan=use.plan,
            numbers=self.numbers,
            account_zone=lambda tenant: use.clocks.get(tenant).zone,
            may_send=use.may_send,
            stores=self.stores,
            incident=use.incident,
            sent_request=ReadSentRequest(storage.alerts, storage.escalations),
            drafts=storage.drafts,
        )

    def stop_texts(self) -> StopTexts:
        """Return what ends the texts of notices to a number."""
        from tocsin.bootstrap.personal_notices import stop_texts

        return stop_texts(self.storage)

    def zone_moved(self, tenant: TenantId) -> None:
        """Move what is due by the clock of an account."""
        from tocsin.bootstrap.reports.use_cases import plan_reports

        plan_reports(self.storage, self.queues).moved(tenant)

    def numbers(self, tenant: TenantId) -> list[str]:
        """Return the two-way numbers of an account."""
        return self.storage.text_numbers(tenant)
