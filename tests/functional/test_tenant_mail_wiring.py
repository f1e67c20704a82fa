"""The email worker as Lambda imports it: mails of the account by its own server, which is a real one with TLS."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from tests.adapters.mail_servers import PASSWORD, USER, real_server
from tests.builders import TENANT, email
from tests.contract.cloud import REGION
from tests.fakes.certificate import self_signed
from tests.functional.events import Context, sqs_event
from tests.functional.test_worker_wiring import Stack, orders, stack
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.account_key import INSIDE
from tocsin.identity.domain.tenant import Tenant
from tocsin.tenant_mail.domain.mail_settings import MailSecrets, MailServerType, MailSettings, ServerState

__all__ = ["stack"]


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that the function trusts, as on the local engine."""
    file = self_signed(tmp_path / "localhost.pem", "localhost")
    monkeypatch.setenv("OPEN_EGRESS", "true")
    monkeypatch.setenv("TRUSTED_CA", str(file))
    return file


def save(stack: Stack, port: int, password: str = PASSWORD) -> None:
    settings = MailSettings(
        tenant=TENANT, type=MailServerType.SMTP, server="localhost", port=port, username=USER,
        secrets=MailSecrets(password=password), version=1,
    )  # fmt: skip
    assert stack.storage.mail_settings.save(settings, utc_now())


def by_ses() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)


def test_pn_29_mails_of_the_account_go_by_its_own_server_and_those_of_clients_by_ses(
    stack: Stack, certificate: Path
) -> None:
    with real_server(certificate, implicit=True) as (port, inbox):
        save(stack, port)
        inside = stack.accept(email("ana@x.test", "bob@x.test"), at=utc_now(), key_id=INSIDE)
        client = stack.accept(email("eve@x.test"), at=utc_now() + timedelta(milliseconds=1))
        app = stack.start("dispatch_email.app")
        answer = app.handler(sqs_event([*orders(inside), *orders(client)]), Context())
        assert answer == {"batchItemFailures": []}
        assert [mail.rcpt_tos for mail in inbox.mails] == [["ana@x.test"], ["bob@x.test"]]
        assert len(inbox.sessions) == 1
        assert stack.storage.mail_settings.state(TENANT).state is ServerState.OK
    assert [set(mail.destinations) for mail in by_ses()] == [{"eve@x.test"}]
    for acceptance in (inside, client):
        counts = stack.counts(TENANT, acceptance.alert.ref)
        assert counts == {MessageState.SENT: len(acceptance.alert.items) + (acceptance is inside)}


def test_pn_30_a_mail_that_the_server_does_not_take_waits_and_the_reason_is_kept(
    stack: Stack, certificate: Path
) -> None:
    with real_server(certificate, implicit=True) as (port, inbox):
        save(stack, port, "wrong")
        inside = stack.accept(email("ana@x.test", "bob@x.test"), at=utc_now(), key_id=INSIDE)
        began = utc_now()
        stack.start("dispatch_email.app").handler(sqs_event(orders(inside)), Context())
    assert inbox.sign_ins == ["PLAIN"]  # the second mail did not try
    assert not by_ses()
    rows = stack.storage.message_rows.load(next(inside.alert.batches()).key, range(2))
    assert [(row.state, row.reason) for row in rows.values()] == [(MessageState.RETRY_WAIT, "auth_failed")] * 2
    for row in rows.values():
        assert row.due_at is not None
        assert timedelta(seconds=47) < row.due_at - began < timedelta(seconds=90)
    state = stack.storage.mail_settings.state(TENANT)
    assert (state.state, state.reason, state.said[:3]) == (ServerState.FAILING, "auth_failed", "535")


def test_pn_29_where_the_operator_forbids_the_systems_server_the_mail_fails(stack: Stack) -> None:
    stack.storage.tenants.add(Tenant(TENANT, "Acme", utc_now()))
    stack.storage.tenants.allow_system_mail(TENANT, allowed=False)
    inside = stack.accept(email("ana@x.test"), at=utc_now(), key_id=INSIDE)
    stack.start("dispatch_email.app").handler(sqs_event(orders(inside)), Context())
    assert stack.counts(TENANT, inside.alert.ref) == {MessageState.FAILED: 1}
    assert not by_ses()
