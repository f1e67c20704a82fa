"""Links of mails, texts and pushes lead to pages of the console that exist.

What a message says is made for each kind of it, and each link is looked up among the routes. Links that code writes in
place are looked up too, without a message.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.architecture.deployment import ROOT
from tests.builders import TENANT
from tests.fakes.sealer import FakeSealer
from tests.fakes.system_mail import FakeSystemMail
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import NOON, VirtualClock
from tests.functional.console.conftest import Account
from tests.functional.console.test_callbacks import delivered, endpoint
from tests.scenarios.reminder_world import ReminderWorld
from tests.unit.personal_notices.desk import CONSOLE, NoticeDesk, a_notice, a_person, to, wants
from tocsin.integrations.domain.incident import IntegrationIncident, Stage
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.words import incident_mail
from tocsin.kernel.domain.console_link import console_link
from tocsin.personal_notices.domain.account_words import account_words
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.preferences.domain.settings import AppointmentMoment
from tocsin.reports.application.tell_reports import report_mail
from tocsin.reports.domain.report_kind import ReportKind
from tocsin.reports.domain.written_report import WrittenReport
from tocsin.sign_in.application.person_links import PersonLinks
from tocsin.sign_in.application.tell_person import TellPerson
from tocsin.telephony.domain.account_events import BillingWarning, billing_warning, job_finished
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.webhooks.application.tell_failures import TellFailures
from tocsin.webhooks.domain.callback import RuleOrigin
from tocsin.webhooks.domain.delivery import DeliveryState

CORE, FUNCTIONS = ROOT / "layers/core/tocsin", ROOT / "functions"
SETTINGS = "/console/me/notifications"
OURS = re.compile(re.escape(CONSOLE) + r"[^\s\"<>]*")


@cache
def pages() -> Sequence[re.Pattern[str]]:
    """Return the paths of all pages that can be opened."""
    routes = Account().console.app.routes
    return [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path, methods in routes.items() if "GET" in methods]


def is_a_page(path: str) -> bool:
    return any(page.fullmatch(path) for page in pages())


def paths_in(text: str) -> list[str]:
    """Return the paths of the links to the console in a message."""
    return [urlsplit(found).path for found in OURS.findall(text)]


def notice(kind: NoticeKind) -> str:
    """Return all that a person is sent of a notice: mail, the first text, and where the push leads."""
    desk, pushed = NoticeDesk(), list[PushMessage]()
    desk.directory.add(a_person())
    desk.preferences.add(wants(text_on=True, browser_on=True, many_texts=True))

    def pushes(messages: Sequence[PushMessage]) -> Mapping[Any, Any]:
        pushed.extend(messages)
        return {message.user: () for message in messages}

    desk.telling(welcomes=desk.welcomes, pushes=pushes)(a_notice(kind=kind, url=None), to())
    assert {message.url for message in pushed} == {"me/inbox"}
    channels = desk.messages()
    assert {channel for channel, _, _ in channels} == {"email", "sms"}
    return "\n".join([*(words for _, _, words in channels), console_link(CONSOLE, pushed[0].url)])


def reminder(moment: str) -> str:
    """Return where a reminder leads, or that an appointment is theirs."""
    world = ReminderWorld()
    world.make("a1", world.clock() + timedelta(days=2))
    world.until(world.clock() + timedelta(days=3))
    return str(next(told.notice.url for told in world.told if told.moment == moment))


def incident(stage: Stage) -> str:
    integration = Integration(tenant=TENANT, id="i1", name="Desk", kind="crm", created_at=NOON, since=NOON)
    found = IntegrationIncident(tenant=TENANT, id="x1", integration="i1", since=NOON, failed=True)
    return incident_mail(integration, found, stage, company=None, zone=UTC, console=CONSOLE).text


def report(kind: ReportKind) -> str:
    mail = report_mail(TENANT, WrittenReport(kind, date(2026, 11, 29), "A report", (), ()), [], CONSOLE)
    assert mail.html is not None
    assert paths_in(mail.html) == paths_in(mail.text)
    return mail.text


def account_mail(received: ReceivedEvent) -> str:
    assert received.event is not None
    return account_words(received.event, UTC, CONSOLE).text


def failed_webhook(origin: RuleOrigin | None) -> str:
    account, told = Account(), list[ReceivedEvent]()
    its_endpoint = endpoint(account)
    delivery = replace(delivered(account, 1, DeliveryState.EXHAUSTED), origin=origin)
    TellFailures(account.deliveries, lambda tenant, event: told.append(event), account.clock)(its_endpoint, delivery)
    return account_mail(told[0])


def app_reset() -> str:
    mails = FakeSystemMail()
    TellPerson(FakeTenantRepository(), mails, VirtualClock()).app_reset(a_person(), CONSOLE)
    return mails.sent[0].text


def links_of(make: Callable[[PersonLinks], str]) -> str:
    return make(PersonLinks(FakeSealer()))


WARNING = billing_warning(BillingWarning.CAPACITY, "k1", "It is used up.", NOON)
JOB = job_finished("j1", "import", NOON, ok=True, counts={})
KINDS: Mapping[str, tuple[Callable[[], str], set[str]]] = {
    **{
        f"notice {kind}": (partial(notice, kind), {SETTINGS, "/console/stop-texts", "/console/me/inbox"})
        for kind in NoticeKind
    },
    **{f"reminder {moment}": (partial(reminder, moment), {"/console/appointments/a1"}) for moment in AppointmentMoment},
    **{f"incident {it}": (partial(incident, it), {SETTINGS, "/console/integrations/i1"}) for it in Stage},
    **{f"report {it}": (partial(report, it), {SETTINGS, "/console/reports"}) for it in ReportKind},
    "money": (lambda: account_mail(WARNING), {SETTINGS}),
    "job": (lambda: account_mail(JOB), {SETTINGS}),
    "callback": (lambda: failed_webhook(None), {SETTINGS, f"/console/callbacks/k1/{'0' * 64}"}),
    "webhook of a rule": (lambda: failed_webhook(RuleOrigin("r1", "n1")), {SETTINGS, "/console/rules/r1/history"}),
    "app reset": (app_reset, {"/console/signin"}),
    "not me": (lambda: links_of(lambda its: its.not_me(a_person(), CONSOLE)), {"/console/not-me"}),
    "new address": (lambda: links_of(lambda its: its.new_address(a_person(), CONSOLE)), {"/console/me/address"}),
}
"""Each kind of message that has links: what makes one, and the pages it leads to."""


@pytest.mark.parametrize("kind", KINDS)
def test_decided_5_11_links_of_a_message_lead_to_pages(kind: str) -> None:
    make, expected = KINDS[kind]

    found = paths_in(make())

    assert [path for path in found if not is_a_page(path)] == []
    assert {re.sub("[0-9a-f]{64}", "0" * 64, path) for path in found} == expected


def calls(function: str) -> list[tuple[str, ast.expr]]:
    """Return place and second argument of each call of a function, in all code."""
    found = []
    for path in [*CORE.rglob("*.py"), *FUNCTIONS.rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node.args[1]))
    return found


def written(argument: ast.expr) -> str | None:
    """Return the text of an argument, with "x" for each value in it; None = it is not written in place."""
    match argument:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
    return None


def test_each_link_that_code_writes_in_place_is_a_page() -> None:
    found = {place: page for place, argument in calls("console_link") if (page := written(argument)) is not None}

    assert len(found) >= 10
    assert [place for place, page in found.items() if not is_a_page(f"/console/{page.partition('?')[0]}")] == []


@pytest.mark.parametrize("folder", [CORE, FUNCTIONS])
def test_no_code_but_console_link_puts_a_page_behind_an_address(folder: Any) -> None:
    """An f-string with a value before `/console` makes an address."""
    made = []
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                if "{}/console" in text:
                    made.append(path.name)
    assert made == (["console_link.py"] if folder == CORE else [])


def test_without_an_address_of_the_console_there_is_no_link() -> None:
    assert console_link("", "me/inbox") == ""
    assert PersonLinks(FakeSealer()).stop_texts(a_person(), "+447700900123", "") == ""
