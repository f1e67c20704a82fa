"""Personal tokens: who makes one, what it lets in, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import TENANT
from tests.fakes.directory import FakeDirectory, FakePersonalTokens
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.identity.application.authenticate_token import AuthenticateToken
from tocsin.identity.application.own_tokens import MadeToken, OwnTokens
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.personal_token import MOST, NewToken, parse_personal_token
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.refusals import StepUpRequired
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import (
    Forbidden,
    InvalidRequest,
    NotFound,
    NotPossible,
    TocsinError,
    Unauthorized,
)
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId


@dataclass
class World:
    """A person who signed in a minute ago, and everything about tokens."""

    clock: VirtualClock = field(default_factory=VirtualClock)

    def __post_init__(self) -> None:
        self.directory = FakeDirectory()
        self.tokens = FakePersonalTokens(self.directory)
        self.sealer = FakeSealer()
        self.own = OwnTokens(self.tokens, self.sealer, self.clock, SeededRandomness())
        self.authenticate = AuthenticateToken(self.tokens, self.directory, self.sealer, self.clock)
        self.ana = self.change()

    def change(self, **changes: Any) -> User:
        """Write the person anew."""
        ana = User(
            TENANT, UserId("ana"), "ana@people.example", "Ana", RoleId("admin"), self.clock(), UserState.ACTIVE
        )  # fmt: skip
        self.directory.add(replace(ana, **changes))
        return ana

    def caller(self, **changes: Any) -> Principal:
        principal = PersonPrincipal(self.directory)(self.ana, Via.CONSOLE, "r1", self.clock() - timedelta(minutes=1))
        return replace(principal, **changes)

    def make(self, days: int = 30, seed: bytes | None = None, **flags: bool) -> MadeToken:
        return self.own.make(self.caller(), NewToken("Nightly backup", days, **flags), seed)

    def actions(self) -> list[str]:
        return [entry.action for entry in self.directory.trail.entries.values()]


@pytest.fixture
def world() -> World:
    return World()


def test_a_token_acts_as_its_person_and_is_kept_as_a_hash(world: World) -> None:
    made = world.make()

    caller = world.authenticate(made.text)

    assert (caller.user, caller.actor) == (world.ana, Actor(ActorKind.USER, "ana", "Ana"))
    assert caller.reach(Permission.PEOPLE_MANAGE) is Reach.ALL
    assert (caller.read_only, caller.manages_people, caller.proved_at, caller.via) == (False, False, None, Via.API)
    assert made.text.startswith("tcp_acme_ana")
    assert made.text not in str(world.tokens.tokens) + repr(made)
    (entry,) = world.directory.trail.entries.values()
    assert (entry.action, entry.who, entry.thing.name) == ("token.created", caller.actor, "Nightly backup")


def test_what_the_token_may_not_do_comes_with_it(world: World) -> None:
    assert world.authenticate(world.make(read_only=True).text).read_only
    assert world.authenticate(world.make(manages_people=True).text).manages_people


def test_a_demotion_counts_with_the_next_call(world: World) -> None:
    made = world.make(manages_people=True)
    world.change(role=RoleId("user"))

    assert world.authenticate(made.text).reach(Permission.PEOPLE_MANAGE) is Reach.NONE


@pytest.mark.parametrize("ended", ["expired", "disabled", "invited", "deleted", "all deleted", "person deleted"])
def test_a_token_ends(world: World, ended: str) -> None:
    made = world.make(days=1)
    match ended:
        case "expired":
            world.clock.advance(timedelta(days=1))
        case "disabled" | "invited":
            world.change(state=UserState(ended))
        case "deleted":
            world.own.delete(world.caller(), made.token.id)
        case "all deleted":
            world.tokens.delete_all(TENANT, world.ana.id)
        case _:
            world.directory.things.clear()

    with pytest.raises(Unauthorized):
        world.authenticate(made.text)


def test_a_token_that_was_altered_is_refused(world: World) -> None:
    made = world.make()
    kept = parse_personal_token(made.text)
    assert kept is not None
    forged = [
        str(replace(kept, secret="0" * 27)),
        str(replace(kept, tenant=TenantId("rival"))),
        str(replace(kept, user=UserId("anb"))),
        made.text[:-1] + ("0" if made.text[-1] != "0" else "1"),
        made.text.replace("tcp_", "tcs_"),
        made.text + "\n",
        "",
    ]
    for text in forged:
        with pytest.raises(Unauthorized):
            world.authenticate(text)


def test_a_token_of_another_person_under_the_same_id_lets_nobody_in(world: World) -> None:
    made = world.make()
    kept = parse_personal_token(made.text)
    assert kept is not None
    world.directory.add(replace(world.ana, id=UserId("ben"), email="ben@people.example"))
    stolen = replace(made.token, user=UserId("ben"))
    world.tokens.tokens[TENANT, UserId("ben"), stolen.id] = stolen

    with pytest.raises(Unauthorized):
        world.authenticate(str(replace(kept, user=UserId("ben"))))


def test_the_last_use_is_written_once_an_hour_and_never_in_the_way(world: World) -> None:
    made = world.make()
    world.authenticate(made.text)
    first = world.clock()
    world.clock.advance(timedelta(minutes=59))
    world.authenticate(made.text)
    assert [token.used_at for token in world.own.list(world.caller())] == [first]
    world.clock.advance(timedelta(minutes=1))

    world.authenticate(made.text)

    assert [token.used_at for token in world.own.list(world.caller())] == [world.clock()]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"proved_at": None}, StepUpRequired),
        ({"proved_at": "old"}, StepUpRequired),
        ({"read_only": True}, Forbidden),
        ({"user": None}, Forbidden),
        ({"role": None}, Forbidden),
    ],
)
def test_a_token_is_made_by_a_person_with_a_fresh_proof_only(
    world: World, changes: dict[str, Any], error: type[TocsinError]
) -> None:
    if changes.get("proved_at") == "old":
        changes = {"proved_at": world.clock() - timedelta(minutes=15)}
    with pytest.raises(error):
        world.own.make(world.caller(**changes), NewToken("x", 1))
    assert world.tokens.tokens == {}
    assert world.actions() == []


def test_a_token_makes_no_token(world: World) -> None:
    with pytest.raises(StepUpRequired):
        world.own.make(world.authenticate(world.make(manages_people=True).text), NewToken("x", 1))


def test_a_token_that_only_reads_deletes_no_token(world: World) -> None:
    made = world.make(read_only=True)
    with pytest.raises(Forbidden):
        world.own.delete(world.authenticate(made.text), made.token.id)


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        (NewToken("", 1), "/name"),
        (NewToken("x" * 81, 1), "/name"),
        (NewToken("two\nlines", 1), "/name"),
        (NewToken("x", 0), "/days"),
        (NewToken("x", 366), "/days"),
        (NewToken("x", 1, read_only=True, manages_people=True), "/manages_people"),
    ],
)
def test_what_is_wrong_with_a_new_token_is_told(world: World, wanted: NewToken, pointer: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        world.own.make(world.caller(), wanted)
    assert [fault.pointer for fault in raised.value.faults] == [pointer]


def test_a_repeat_gets_the_same_token_and_is_told_once(world: World) -> None:
    first = world.make(seed=b"form 1")
    world.clock.advance(timedelta(minutes=1))

    again = world.own.make(world.caller(), NewToken("Nightly backup", 30), b"form 1")

    assert again == first
    assert world.make(seed=b"form 2").text != first.text
    assert world.actions() == ["token.created"] * 2


def test_a_person_has_so_many_tokens_at_most(world: World) -> None:
    for n in range(MOST):
        world.make(seed=b"%d" % n)
    with pytest.raises(NotPossible):
        world.make()
    assert world.make(seed=b"1").token.id in {token.id for token in world.own.list(world.caller())}


def test_only_ones_own_tokens_are_listed_and_deleted(world: World) -> None:
    made = world.make()
    ben = replace(world.ana, id=UserId("ben"))
    other = world.caller(user=ben)

    assert world.own.list(other) == []
    with pytest.raises(NotFound):
        world.own.delete(other, made.token.id)
    world.own.delete(world.caller(), made.token.id)
    with pytest.raises(NotFound):
        world.own.delete(world.caller(), made.token.id)
    assert world.actions() == ["token.created", "token.deleted"]


def test_an_owner_by_token_is_still_an_owner(world: World) -> None:
    world.change(role=RoleId("account_owner"))
    caller = world.authenticate(world.make().text)
    assert caller.role == system_role(TENANT, SystemRole.OWNER)
