"""The whole of signing in over the real table and sealer (moto): it works, and nothing of it lies or is logged in clear."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.canaries import blobs_of, encodings
from tests.contract.cloud import Cloud, cloud, tenants_guarded
from tests.fakes.time import VirtualClock
from tests.scenarios.sign_in_world import ACME, ANA, FIRST, HOME, OFFICE, OTHER, PASSWORD, SignInWorld
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.bootstrap.storage import Storage
from tocsin.directory.application.add_person import AddPerson
from tocsin.directory.application.person_changes import WritePerson
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, Opened


class Deployed(SignInWorld):
    """The world over the repositories of a table; `directory` is a fake that only `join` writes to."""

    def __init__(self, clients: Cloud) -> None:
        self.clients = clients
        super().__init__(clock=VirtualClock())

    def __post_init__(self) -> None:
        super().__post_init__()
        self.storage = Storage(
            self.clients,
            table_name=self.clients.table_name,
            key_id=self.clients.key_id,
            bucket_name=self.clients.bucket,
            clock=self.clock,
        )
        self.storage.tenants.add(Tenant(ACME, "Acme", self.clock()))
        self.people = type(self.people)(self.storage, self.provider)
        self.sign_in = self.people.sign_in


@pytest.fixture(scope="module")
def table() -> Iterator[Cloud]:
    with cloud() as clients:
        yield clients


def test_everything_works_on_the_table_and_nothing_lies_there_in_clear(
    table: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "tocsin")
    with tenants_guarded(table.dynamodb):
        world = Deployed(table)
        ana = _added(world, ANA)

        # an invited person signs in with the first password, fails, sets up the app, and changes the password
        asked = world.asked(world.tries(password=FIRST))
        first = world.sign_in.new_password(asked.state, PASSWORD, HOME)
        assert isinstance(first, Opened)
        assert (first.user.id, first.user.state) == (ana.id, UserState.ACTIVE)
        assert world.tries(password="Mistyped-canary-word") == Denied(Denial.WRONG)
        asked_app = world.sign_in.begin_app(first.session, first.user, PASSWORD, HOME)
        assert isinstance(asked_app, Asked)
        with_app = world.sign_in.set_up_app(asked_app.state, world.code(asked_app.app_secret), HOME)
        assert isinstance(with_app, Opened)
        again = world.sign_in.code(
            world.asked(world.tries(browser=OFFICE)).state, world.code(asked_app.app_secret), OFFICE
        )
        assert isinstance(again, Opened)
        assert len(world.people.own_sessions.list(again.user)) == 2
        changed = world.people.passwords.change(with_app.session, again.user, PASSWORD, OTHER, HOME)
        assert isinstance(changed, Opened)
        assert world.people.read_session(again.cookie) is None
        found = world.people.read_session(changed.cookie)
        assert found is not None
        assert found[1].mfa

    secrets = {
        "first password": FIRST,
        "password": PASSWORD,
        "new password": OTHER,
        "mistyped password": "Mistyped-canary-word",
        "session": changed.cookie.rpartition(".")[2],
        "form secret": changed.session.form_secret.hex(),
        "known browser": with_app.known or again.known,
        "app": asked_app.app_secret,
        "address": ANA,
        "source": HOME.source,
        "device": "Firefox",
    }
    written = [blob for row in table.rows() for blob in blobs_of(row)]
    logged = [json.dumps(vars(record), default=str).encode() for record in caplog.records]
    assert logged
    for name, value in secrets.items():
        for form in encodings(value):
            assert not any(form in blob for blob in written), f"{name} in a row"
            assert not any(form in line for line in logged), f"{name} in the log"


def _added(world: Deployed, email: str) -> User:
    """Add a person, and give them a sign-in with the first password."""
    storage = world.storage
    world.provider.people.clear()
    add = AddPerson(storage.directory, storage.randomness, world.clock)
    user = add(ACME, email, "Ana", SystemRole.USER, OPERATOR, Via.OPERATOR)
    after = replace(user, sub=world.provider.invite(email, FIRST).sub, version=user.version + 1)
    entry = PersonEntries(storage.randomness)(user, "user.invited", world.clock(), HOME)
    WritePerson(storage.directory).replace(user, after, entry)
    return after
