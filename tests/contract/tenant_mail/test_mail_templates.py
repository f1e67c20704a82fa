"""What every MailTemplates promises: templates come back as saved, no writer overwrites another, words are sealed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_mail import FakeMailTemplates
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.tenant_mail import DynamoDbMailTemplates
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.ports import MailTemplates

SLA = MailTemplateRow("QUEUE_SLA", "Desk", None, "<p>%%QUEUE_NAME%% wörter</p>", NOON, "ana")


@pytest.fixture
def templates(world: AlertPath) -> MailTemplates:
    return FakeMailTemplates() if world.engine == "fake" else DynamoDbMailTemplates(world.table, FakeSealer())


def test_templates_come_back_as_they_were_saved_by_name(templates: MailTemplates) -> None:
    disk = MailTemplateRow("DISK_LOW", None, "", None, NOON, "bob")
    assert templates.get(ACME, "QUEUE_SLA") is None
    assert templates.save(ACME, SLA)
    assert templates.save(ACME, disk)
    assert templates.get(ACME, "QUEUE_SLA") == SLA
    assert list(templates.all(ACME)) == [disk, SLA]


def test_a_template_is_saved_over_the_version_before_it_only(templates: MailTemplates) -> None:
    assert not templates.save(ACME, replace(SLA, version=2))
    assert templates.save(ACME, SLA)
    assert templates.save(ACME, SLA)  # the response was lost
    assert not templates.save(ACME, replace(SLA, subject="other"))
    assert templates.save(ACME, replace(SLA, subject="second", version=2))
    assert not templates.save(ACME, replace(SLA, subject="late", version=2))


def test_pn_31_a_deleted_template_is_gone(templates: MailTemplates) -> None:
    templates.save(ACME, SLA)
    assert templates.delete(ACME, "QUEUE_SLA")
    assert not templates.delete(ACME, "QUEUE_SLA")
    assert templates.get(ACME, "QUEUE_SLA") is None
    assert templates.save(ACME, SLA)


def test_pn_11_templates_are_their_tenants_alone(templates: MailTemplates) -> None:
    templates.save(ACME, SLA)
    assert templates.get(OTHER, "QUEUE_SLA") is None
    assert list(templates.all(OTHER)) == []
    assert not templates.delete(OTHER, "QUEUE_SLA")


def test_no_word_of_a_template_lies_open(real: AlertPath) -> None:
    DynamoDbMailTemplates(real.table, FakeSealer()).save(ACME, SLA)
    row = real.table.get(key(f"T#{ACME}#TPL", "QUEUE_SLA"))
    assert row
    blobs = b"\n".join(blobs_of(row))
    assert not any(word in blobs for word in (b"Desk", b"QUEUE_NAME", "wörter".encode()))
