"""What every TextsOfContacts promises: one writer at a time counts the texts of a contact to a number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.told import FakeTextsOfContacts
from tocsin.adapters.dynamodb.personal_notices.texts_of_contacts import DynamoDbTextsOfContacts
from tocsin.personal_notices.domain.bursts import BURSTS_KEPT, CountedText, TextsOfContact, ToldBurst
from tocsin.personal_notices.ports import TextsOfContacts

PAIR = ("+442079460000", "+447700900123")


def counted(version: int, *ids: str) -> TextsOfContact:
    burst = ToldBurst(NOON, NOON + timedelta(seconds=30), "e1", NOON + timedelta(microseconds=3))
    return TextsOfContact(tuple(CountedText(NOON, id) for id in ids), (burst,), version)


@pytest.fixture
def texts(world: AlertPath) -> TextsOfContacts:
    return FakeTextsOfContacts() if world.engine == "fake" else DynamoDbTextsOfContacts(world.table, FakeSealer())


def test_texts_are_found_as_they_were_saved_last(texts: TextsOfContacts) -> None:
    assert texts.find(ACME, *PAIR, NOON) == TextsOfContact()
    assert texts.save(ACME, *PAIR, counted(1, "a"), NOON)
    assert texts.save(ACME, *PAIR, counted(2, "a", "b"), NOON)
    assert texts.find(ACME, *PAIR, NOON) == counted(2, "a", "b")
    assert texts.find(OTHER, *PAIR, NOON) == texts.find(ACME, PAIR[1], PAIR[0], NOON) == TextsOfContact()


def test_up_24_the_second_of_two_writers_reads_again(texts: TextsOfContacts) -> None:
    assert texts.save(ACME, *PAIR, counted(1, "a"), NOON)
    assert texts.save(ACME, *PAIR, counted(1, "a"), NOON)  # the response was lost
    assert not texts.save(ACME, *PAIR, counted(1, "b"), NOON)
    assert texts.find(ACME, *PAIR, NOON) == counted(1, "a")


def test_texts_are_forgotten_after_an_hour_and_the_next_writer_goes_on(texts: TextsOfContacts) -> None:
    assert texts.save(ACME, *PAIR, counted(1, "a"), NOON)
    assert texts.find(ACME, *PAIR, NOON + BURSTS_KEPT) == TextsOfContact(version=1)
    assert texts.save(ACME, *PAIR, counted(2, "b"), NOON + BURSTS_KEPT)
