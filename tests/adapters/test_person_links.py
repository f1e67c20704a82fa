"""A link in a mail holds for the person as the table gives them back."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.directory.test_directory import a_user
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.directory.rows import row_of, thing_of
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.user import User
from tocsin.sign_in.application.person_links import PersonLinks


def test_links_are_good_for_the_person_who_was_stored() -> None:
    sealer = FakeSealer()
    links = PersonLinks(sealer)
    person = a_user(new_email="new@example.org", new_email_at=NOON + timedelta(microseconds=123_456))

    stored = thing_of(sealer, person.tenant, Kind.USER, row_of(sealer, person))

    assert isinstance(stored, User)
    for link, is_good in ((links.new_address, links.is_new_address), (links.not_me, links.is_not_me)):
        assert is_good(stored, link(person, "https://console.example").partition("token=")[2])
