"""What every MailSettingsStore promises: settings come back as saved, no writer overwrites another, secrets are sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_mail import FakeMailSettingsStore
from tocsin.adapters.dynamodb.tenant_mail.mail_settings import DynamoDbMailSettingsStore
from tocsin.tenant_mail.domain.mail_settings import (
    MailAuth,
    MailFlag,
    MailSecrets,
    MailServerState,
    MailServerType,
    MailSettings,
    MailTransport,
    OnUnknown,
    ServerState,
)
from tocsin.tenant_mail.ports import MailSettingsStore

SECRETS = MailSecrets(password="hunter2", client_secret="app-secret", refresh_token="rt-1")
SETTINGS = MailSettings(
    tenant=ACME, type=MailServerType.SMTP, server="smtp.example.org", port=2525, username="apikey",
    auth=MailAuth.LOGIN, tls=False, starttls=True, from_address="alerts@example.org", reply_to="Zürich <it@example.org>",
    recipients=("b@example.org", "a@example.org"), flags=((MailFlag.QUEUE_CALLBACK, True), (MailFlag.EMERGENCY_CALL, False)),
    on_unknown=OnUnknown.SILENCE, transport=MailTransport.SMTP, client_id="app-1", secrets=SECRETS, version=1,
)  # fmt: skip
FAILING = MailServerState(
    ServerState.FAILING, NOON, "auth_failed", "535 no", NOON + timedelta(seconds=60), told=True, version=1
)


@pytest.fixture
def store(world: AlertPath) -> MailSettingsStore:
    return FakeMailSettingsStore() if world.engine == "fake" else DynamoDbMailSettingsStore(world.table, FakeSealer())


def test_pn_10_settings_that_were_never_saved_have_the_defaults(store: MailSettingsStore) -> None:
    assert store.get(ACME) == MailSettings(tenant=ACME)
    assert store.state(ACME) == MailServerState()


def test_settings_come_back_as_they_were_saved(store: MailSettingsStore) -> None:
    assert store.save(SETTINGS, NOON)
    assert store.get(ACME) == SETTINGS
    cleared = MailSettings(tenant=ACME, type=MailServerType.GMAIL, version=2)
    assert store.save(cleared, NOON)
    assert store.get(ACME) == cleared


def test_settings_are_saved_over_the_version_before_them_only(store: MailSettingsStore) -> None:
    assert not store.save(replace(SETTINGS, version=2), NOON)  # there is no version 1
    assert store.save(SETTINGS, NOON)
    assert store.save(SETTINGS, NOON)  # the response was lost
    assert not store.save(replace(SETTINGS, username="other"), NOON)
    assert store.save(replace(SETTINGS, username="second", version=2), NOON)
    assert not store.save(replace(SETTINGS, username="late", version=2), NOON)
    assert store.get(ACME).username == "second"


def test_the_state_comes_back_and_is_saved_over_the_version_before_it_only(store: MailSettingsStore) -> None:
    assert not store.save_state(ACME, replace(FAILING, version=2))
    assert store.save_state(ACME, FAILING)
    assert store.state(ACME) == FAILING
    assert not store.save_state(ACME, replace(FAILING, reason="late"))
    works = MailServerState(ServerState.OK, NOON, version=2)
    assert store.save_state(ACME, works)
    assert store.state(ACME) == works


def test_pn_11_settings_and_state_are_their_tenants_alone(store: MailSettingsStore) -> None:
    store.save(SETTINGS, NOON)
    store.save_state(ACME, FAILING)
    assert store.get(OTHER) == MailSettings(tenant=OTHER)
    assert store.state(OTHER) == MailServerState()


def test_pn_8_no_secret_and_no_address_lies_open(real: AlertPath) -> None:
    store = DynamoDbMailSettingsStore(real.table, FakeSealer())
    store.save(SETTINGS, NOON)
    store.save_state(ACME, FAILING)
    rows = list(real.table.beginning_with(f"T#{ACME}", "MAIL"))
    assert len(rows) == 2
    blobs = b"\n".join(blob for row in rows for blob in blobs_of(row))
    assert not any(word in blobs for word in (b"hunter2", b"app-secret", b"rt-1", b"example.org", b"535"))
