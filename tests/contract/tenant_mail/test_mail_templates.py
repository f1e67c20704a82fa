"""What every store of mail templates promises: no writer overwrites another, and what a template says is sealed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_mail import FakeMailTemplates
from tocsin.adapters.dynamodb.tenant_mail.mail_templates import DynamoDbMailTemplates
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.ports import MailTemplates

FIRST = MailTemplateRow("QUEUE_SLA", "Zürich Desk", "%%QUEUE_NAME%% waits", None, NOON, "u1")


@pytest.fixture
def templates(world: AlertPath) -> MailTemplates:
    return FakeMailTemplates() if world.engine == "fake" else DynamoDbMailTemplates(world.table, FakeSealer())


def test_pn_11_a_template_is_read_as_it_was_saved_by_its_account(templates: MailTemplates) -> None:
    assert templates.get(ACME, FIRST.name) is None
    assert templates.save(ACME, FIRST)
    assert templates.get(ACME, FIRST.name) == FIRST
    assert templates.get(OTHER, FIRST.name) is None
    assert templates.all(OTHER) == []


def test_all_templates_are_listed_by_name(templates: MailTemplates) -> None:
    other = replace(FIRST, name="DISK_LOW", body="<p>%%FREE_SIZE%%</p>" * 3_000)
    assert templates.save(ACME, FIRST)
    assert templates.save(ACME, other)
    assert list(templates.all(ACME)) == [other, FIRST]


def test_a_template_is_saved_over_the_version_before_its_own_only(templates: MailTemplates) -> None:
    second = replace(FIRST, subject=None, version=2)
    assert not templates.save(ACME, second)
    assert templates.save(ACME, FIRST)
    assert templates.save(ACME, FIRST)  # a repeat, because the response was lost
    assert not templates.save(ACME, replace(FIRST, subject="Another"))
    assert templates.save(ACME, second)
    assert templates.get(ACME, FIRST.name) == second


def test_pn_31_a_deleted_template_is_gone(templates: MailTemplates) -> None:
    templates.save(ACME, FIRST)
    assert templates.delete(ACME, FIRST.name)
    assert not templates.delete(ACME, FIRST.name)
    assert templates.get(ACME, FIRST.name) is None
    assert templates.save(ACME, FIRST)


def test_the_words_of_a_template_are_sealed(real: AlertPath) -> None:
    DynamoDbMailTemplates(real.table, FakeSealer()).save(ACME, FIRST)
    (row,) = real.table.query("pk = :pk", {":pk": {"S": f"T#{ACME}#TPL"}})
    assert not [word for word in (b"Desk", b"waits") if word in b"\n".join(blobs_of(row))]
