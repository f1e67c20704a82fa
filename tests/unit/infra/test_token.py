"""`make token`: a token of anybody in the local directory."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.commands.token import main
from infra.local.commands.token_maker import token_of
from tests.builders import TENANT
from tests.fakes.directory import FakeDirectory, FakePersonalTokens
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.identity.application.authenticate_token import AuthenticateToken
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, UserId


@pytest.mark.parametrize("state", [UserState.INVITED, UserState.ACTIVE])
def test_a_token_lets_in_whoever_has_signed_in_or_not_and_a_repeat_is_the_same(state: UserState) -> None:
    clock, directory = VirtualClock(), FakeDirectory()
    storage: Any = Storage(StoreClients(None), table_name="", key_id="", clock=clock, randomness=SeededRandomness())
    storage.directory, storage.personal_tokens = directory, FakePersonalTokens(directory)
    storage.sealer = FakeSealer()
    ana = User(TENANT, UserId("ana"), "ana@people.example", "Ana", RoleId("admin"), clock(), state)
    directory.add(ana)

    text = token_of(storage, ana)

    caller = AuthenticateToken(storage.personal_tokens, directory, storage.sealer, clock)(text)
    assert (caller.actor.id, caller.read_only, caller.manages_people) == ("ana", False, True)
    again = directory.user(TENANT, ana.id)
    assert again is not None
    assert token_of(storage, again) == text
    assert {str(entry.who) for entry in directory.trail.entries.values()} == {"operator"}


@pytest.mark.parametrize("words", [[], ["root"], [""]])
def test_whose_token_must_be_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 1
    assert "USER=" in capsys.readouterr().err
