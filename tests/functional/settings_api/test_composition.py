"""The settings API as it is wired for AWS, on moto: `app.py` imported as the runtime imports it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.builders import key_caller
from tests.contract.cloud import REGION
from tests.functional.gateway import Gateway
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.audit.domain.actor import SYSTEM, Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditQuery
from tocsin.content.domain.content import EmailContent
from tocsin.directory.ports import DirectoryChange
from tocsin.entrypoint.http.app import create_app
from tocsin.entrypoint.http.authorized import context_of
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, TenantId, UserId, time_ordered_uuid

__all__ = ["stack"]

ACME = TenantId("acme")


@pytest.fixture
def app(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> object:
    cognito = boto3.client("cognito-idp", region_name=REGION)
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="console")["UserPoolClient"]["ClientId"]
    monkeypatch.setenv("USER_POOL_ID", pool)
    monkeypatch.setenv("USER_POOL_CLIENT_ID", client)
    monkeypatch.setenv("OPEN_EGRESS", "false")
    return stack.start("settings_api.app")


def served_to_an_owner(app: Any) -> Gateway:
    """Return the routes of the app, called by an account owner."""
    from settings_api.blueprints import blueprints
    from tocsin.bootstrap.browsers.pushing import own_browsers
    from tocsin.bootstrap.personal_notices import sample_sender
    from tocsin.bootstrap.reminders.managing import ReminderUseCases
    from tocsin.bootstrap.tenant_mail.connecting import mailbox_connection
    from tocsin.egress.domain.url_policy import EgressPolicy

    owner = User(
        ACME, UserId("olivia"), "o@people.example", "Olivia", RoleId("account_owner"), utc_now(), UserState.ACTIVE
    )
    actor = Actor(ActorKind.USER, owner.id, owner.name)
    principal = Principal(ACME, actor, system_role(ACME, SystemRole.OWNER), user=owner)
    served = create_app("settings_api")
    served.add(
        blueprints(
            app.use,
            app.rules,
            app.mail,
            app.integration_use,
            ReminderUseCases(app.storage, app.queues.timers),
            lambda call: principal,
            app.grant,
            mailbox_connection(app.storage, app.queues, clients=app.clients, settings=app.settings),
            sample_sender(app.storage, app.queues, service="settings_api", may_send=app.check_sending),
            lambda: own_browsers(app.storage, EgressPolicy()),
            app.settings.console_url,
        )
    )
    return Gateway(served)


def test_an_api_key_may_do_what_its_role_may(app: object) -> None:
    gateway = Gateway(app.app)  # type: ignore[attr-defined]
    assert gateway.get("/users").status == 401  # no authorizer ran
    gateway.authorizer = context_of(key_caller(ApiKey(ACME, ApiKeyId("k1"), KeyKind.LIVE, "one", "")))

    answer = gateway.get("/users")

    assert (answer.status, answer.json["code"]) == (403, "FORBIDDEN")
    key = ApiKey(ACME, ApiKeyId("k1"), KeyKind.LIVE, "Import", "", role=RoleId("admin"))
    gateway.authorizer = context_of(key_caller(key))

    made = gateway.post("/companies", {"name": "North"})

    assert made.status == 201, made.text
    (entry,) = app.storage.audit_trail.read(ACME, AuditQuery(), 10, None, utc_now()).entries  # type: ignore[attr-defined]
    assert (str(entry.who), entry.who.name) == ("key:k1", "Import")


@pytest.mark.parametrize(
    ("console_url", "address"),
    [
        ("https://console.example.org", "https://console.example.org/console/signin"),
        ("http://127.0.0.1:4566/_aws/execute-api/{api}/{stage}", "/_aws/execute-api/a1b2c3d4e5/live/console/signin"),
        ("", "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/live/console/signin"),
    ],
)
def test_an_invitation_leaves_by_the_urgent_mail_queue_and_names_the_console(
    stack: Stack, app: object, monkeypatch: pytest.MonkeyPatch, console_url: str, address: str
) -> None:
    monkeypatch.setenv("CONSOLE_URL", console_url)
    gateway = served_to_an_owner(stack.start("settings_api.app"))
    stack.storage.tenants.add(Tenant(ACME, "Northwater", utc_now()))

    made = gateway.post("/users", {"email": "ana@people.example", "name": "Ana", "invite": True})

    assert made.status == 201, made.text
    (body,) = stack.bodies("EMAIL_URGENT")
    alert = stack.storage.alerts.get(ACME, DispatchJob.decode(body).batch.key.alert)
    assert alert is not None
    assert alert.title == "Northwater invites you to Tocsin"
    content = alert.items[0].content
    assert isinstance(content, EmailContent)
    assert address in content.body
    assert "/console/not-me?token=acme." in content.body


@pytest.mark.parametrize(
    ("console_url", "address"),
    [
        ("https://console.example.org", "https://console.example.org/console/me/notifications"),
        ("http://127.0.0.1:4566/{api}/{stage}", "http://127.0.0.1:4566/a1b2c3d4e5/live/console/me/notifications"),
        ("", "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/live/console/me/notifications"),
    ],
)
def test_up_30_a_sample_leads_to_the_settings_wherever_the_console_is(
    stack: Stack, app: object, monkeypatch: pytest.MonkeyPatch, console_url: str, address: str
) -> None:
    monkeypatch.setenv("CONSOLE_URL", console_url)
    gateway = served_to_an_owner(stack.start("settings_api.app"))
    stack.storage.tenants.add(Tenant(ACME, "Northwater", utc_now()))
    now = utc_now()
    olivia = User(ACME, UserId("olivia"), "o@people.example", "Olivia", RoleId("account_owner"), now, UserState.ACTIVE)
    entry = AuditEntry(
        tenant=ACME, id=time_ordered_uuid(now, bytes(10)), at=now, who=SYSTEM, via=Via.SYSTEM, action="user.created",
        thing=Thing("user", olivia.id, "Olivia"), before={}, after={},
    )  # fmt: skip
    stack.storage.directory.commit([DirectoryChange(None, olivia, entry)])

    answer = gateway.post("/users/me/notification_settings/sample", {})

    assert answer.status == 202, answer.text
    (body,) = stack.bodies("EMAIL_URGENT")
    (who,) = stack.storage.alerts.recipients(DispatchJob.decode(body).batch.key)
    assert f"Change what you are told: {address}\n" in who.lookups["body"]


def test_a_person_is_kept_with_the_entry_that_tells_of_it(app: object) -> None:
    gateway, storage, actor = served_to_an_owner(app), app.storage, Actor(ActorKind.USER, "olivia", "Olivia")  # type: ignore[attr-defined]

    made = gateway.post("/users", {"email": "ana@people.example", "name": "Ana"})

    assert made.status == 201, made.text
    assert gateway.get(f"/users/{made.json['id']}").json == made.json
    assert gateway.post("/users", {"email": "ANA@people.example", "name": "Ana"}).status == 409
    (entry,) = storage.audit_trail.read(ACME, AuditQuery(thing="user"), 10, None, utc_now()).entries[-1:]
    assert (entry.who, entry.action, entry.thing.id) == (actor, "user.created", made.json["id"])
    assert gateway.call("DELETE", f"/users/{made.json['id']}").status == 204
    assert gateway.get(f"/users/{made.json['id']}").status == 404


def test_al_13_a_test_of_a_rule_leaves_by_the_queues_and_stands_in_history(stack: Stack, app: Any) -> None:
    gateway, storage = served_to_an_owner(app), app.storage
    gateway.post("/users", {"email": "ana@people.example", "name": "Ana"})
    hook = {"type": "webhook", "url": "https://hooks.example.com/in", "method": "POST"}
    mail = {"type": "email", "to": "ana@people.example", "subject": "Missed"}
    owner = gateway.get("/users").json["items"][0]["id"]
    body = {"name": "Missed", "type": "call", "owner": owner, "notifications": [mail, hook]}
    made = gateway.post("/alert_rules", body)
    assert made.status == 201, made.text

    answer = gateway.post(f"/alert_rules/{made.json['id']}/test", {})

    assert answer.status == 202, answer.text
    (order,) = stack.bodies("EMAIL_URGENT")
    alert = storage.alerts.get(ACME, DispatchJob.decode(order).batch.key.alert)
    content = alert.items[0].content
    assert content.subject == "TEST: Missed"
    assert len(stack.bodies("WEBHOOK_URGENT")) == 1
    run = storage.rule_runs.get(ACME, made.json["id"], answer.json["test"], utc_now())
    assert (run.test, run.alert, len(run.deliveries)) == (True, alert.ref, 1)


def test_ia_01_a_failure_that_is_reported_leaves_by_the_mail_queue_and_arms_its_timer(stack: Stack, app: Any) -> None:
    gateway = served_to_an_owner(app)
    ana = gateway.post("/users", {"email": "ana@people.example", "name": "Ana", "role": "admin"}).json["id"]
    assert gateway.post("/integration_alerts", {"user": ana}).status == 201
    made = gateway.post("/integrations", {"name": "HubSpot", "kind": "crm"}).json["id"]

    told = gateway.post(f"/integrations/{made}/status", {"status": "failed", "reason": "the token has expired"}).json

    assert told["incident"]["told"][0]["people"] == 1
    (order,) = [body for queue in ("EMAIL_URGENT", "EMAIL_BULK") for body in stack.bodies(queue)]
    content = app.storage.alerts.get(ACME, DispatchJob.decode(order).batch.key.alert).items[0].content
    assert content.subject == "Integration HubSpot does not work"
    assert "the token has expired" in content.body
    (incident,) = app.storage.integrations.incidents(ACME)
    timer = app.storage.timers.get(incident.timer_key)
    assert timer.due_at == incident.next_moment()
    assert gateway.call("DELETE", f"/users/{ana}").status == 204
    assert app.storage.integration_alerts.all(ACME) == []
