"""What every ConnectAttempts promises: an attempt is found by its id, no step is done twice, and its secrets are sealed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, AlertPath
from tests.fakes.mailbox_consents import FakeConnectAttempts
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.tenant_mail.connect_attempts import DynamoDbConnectAttempts
from tocsin.tenant_mail.domain.connecting import ConnectAttempt, MailConsent, attempt_id
from tocsin.tenant_mail.domain.mail_settings import MailServerType
from tocsin.tenant_mail.ports import ConnectAttempts

ATTEMPT = ConnectAttempt(
    id=attempt_id("a-state"), tenant=ACME, type=MailServerType.GMAIL, begun_by="u1", in_console=True,
    verifier="a-verifier", redirect_uri="https://console.example.org/oauth/google/callback",
    ends_at=NOON + timedelta(minutes=10),
)  # fmt: skip
CONSENT = MailConsent("desk@example.org", "a-refresh-token")


@pytest.fixture
def attempts(world: AlertPath) -> ConnectAttempts:
    return FakeConnectAttempts() if world.engine == "fake" else DynamoDbConnectAttempts(world.table, FakeSealer())


def test_an_attempt_is_found_by_its_id_alone(attempts: ConnectAttempts) -> None:
    attempts.begin(ATTEMPT)
    attempts.begin(ATTEMPT)  # the response was lost

    assert attempts.find(ATTEMPT.id) == ATTEMPT
    assert attempts.find(attempt_id("another")) is None


def test_each_step_comes_back_as_it_was_saved(attempts: ConnectAttempts) -> None:
    attempts.begin(ATTEMPT)
    came = ATTEMPT.then(code="a-code")
    exchanged = came.then(consent=CONSENT)
    for step in (came, exchanged, exchanged.then(ended=True)):
        assert attempts.save(step)
        assert attempts.find(ATTEMPT.id) == step


def test_a_step_is_saved_over_the_one_before_it_only(attempts: ConnectAttempts) -> None:
    came = ATTEMPT.then(code="a-code")
    assert not attempts.save(came)  # it was never begun
    attempts.begin(ATTEMPT)
    assert attempts.save(came)
    assert attempts.save(came)  # the response was lost
    assert not attempts.save(ATTEMPT.then(code="another"))
    assert not attempts.save(came.then().then())
    attempts.begin(ATTEMPT)  # a late repeat does not begin it anew
    assert attempts.find(ATTEMPT.id) == came


def test_neither_state_nor_code_nor_token_can_be_read_in_the_table(world: AlertPath) -> None:
    if world.engine == "fake":
        pytest.skip("the fake keeps no rows")
    attempts = DynamoDbConnectAttempts(world.table, FakeSealer())
    attempts.begin(ATTEMPT)
    attempts.save(ATTEMPT.then(code="a-code"))
    attempts.save(ATTEMPT.then(code="a-code").then(consent=CONSENT))

    rows = [world.table.get(key(pk, sk)) for pk, sk in ((f"OA#{ATTEMPT.id}", "OA"), (f"T#{ACME}", f"OA#{ATTEMPT.id}"))]
    assert all(rows)
    shown = str([{name: value for name, value in (row or {}).items() if name != "sealed"} for row in rows])
    assert not any(secret in shown for secret in ("a-state", "a-verifier", "a-code", "a-refresh-token", "desk@"))
