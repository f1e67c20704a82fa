"""Drafts: what a person typed comes back for a day, to that person and form only."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.drafts import FakeDrafts
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.drafts import DynamoDbDrafts
from tocsin.drafts.domain.form_draft import KEPT, LARGEST, FormDraft
from tocsin.drafts.ports import Drafts
from tocsin.kernel.domain.errors import RequestTooLarge

FIELDS = (("to", "+447700900001"), ("to", "ana@example.org"), ("text", "Straße 🚧\r\n gesperrt"), ("title", ""))
DRAFT = FormDraft("user:u7", "alerts/new", FIELDS, NOON)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def drafts(world: AlertPath) -> Drafts:
    return FakeDrafts() if world.engine == "fake" else DynamoDbDrafts(world.table, FakeSealer())


def test_console_1_3_what_was_typed_comes_back(drafts: Drafts) -> None:
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON) is None
    drafts.keep(ACME, DRAFT)
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON) == DRAFT
    newer = replace(DRAFT, fields=(("text", "Gate 3"),), at=NOON + timedelta(minutes=1))
    drafts.keep(ACME, newer)
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON) == newer


def test_s1_a_draft_is_its_tenants_owners_and_forms_alone(drafts: Drafts) -> None:
    drafts.keep(ACME, DRAFT)
    assert drafts.get(OTHER, "user:u7", "alerts/new", NOON) is None
    assert drafts.get(ACME, "user:u8", "alerts/new", NOON) is None
    assert drafts.get(ACME, "user:u7", "alerts", NOON) is None


def test_a_draft_is_kept_for_a_day_by_the_clock(drafts: Drafts) -> None:
    drafts.keep(ACME, DRAFT)
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON + KEPT - MILLISECOND) == DRAFT
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON + KEPT) is None
    assert timedelta(hours=24) == KEPT


def test_a_draft_that_was_sent_is_gone(drafts: Drafts) -> None:
    drafts.discard(ACME, "user:u7", "alerts/new")
    drafts.keep(ACME, DRAFT)
    drafts.discard(ACME, "user:u7", "alerts/new")
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON) is None


def test_a_draft_that_is_too_large_leaves_the_earlier_one(drafts: Drafts) -> None:
    drafts.keep(ACME, DRAFT)
    noise = random.Random(1).randbytes(LARGEST).hex()
    with pytest.raises(RequestTooLarge):
        drafts.keep(ACME, replace(DRAFT, fields=(("text", noise),)))
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON) == DRAFT
    a_megabyte = replace(DRAFT, fields=(("to", "+447700900001, " * 70_000),))
    drafts.keep(ACME, a_megabyte)
    assert drafts.get(ACME, "user:u7", "alerts/new", NOON) == a_megabyte


def test_s17_nothing_that_was_typed_lies_open(real: AlertPath) -> None:
    DynamoDbDrafts(real.table, FakeSealer()).keep(ACME, DRAFT)
    (row,) = real.table.beginning_with(f"T#{ACME}#DRAFTS#user:u7", "FORM#")
    blobs = b"\n".join(blobs_of(row))
    assert b"user:u7" in blobs
    assert not any(word in blobs for word in (b"447700900001", b"ana@", b"gesperrt"))
