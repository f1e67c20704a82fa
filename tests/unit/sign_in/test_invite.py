"""Invitations by mail (decisions of issue 10, 2.2 and 2.12)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.scenarios.sign_in_world import ACME, ANA, FIRST, HOME, OTHER, RIVAL, SignInWorld
from tocsin.audit.domain.actor import OPERATOR, Actor, ActorKind, Via
from tocsin.directory.application.add_person import AddPerson
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.sign_in.application.invite import NotInvited, first_password
from tocsin.sign_in.application.own_accounts import Accounts
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, Opened

BOB = "bob@people.example"
ADMIN = Actor(ActorKind.USER, "u9", "Admin")


class Office(SignInWorld):
    """The world, and an administrator's use cases."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.add = AddPerson(self.directory, self.storage.randomness, self.clock)

    def invited(self, user: User) -> User:
        """Invite, and return the person."""
        invited = self.invite(user, ADMIN, Via.CONSOLE)
        assert isinstance(invited, User)
        return invited

    def password(self) -> str:
        """Return the password of the last mail."""
        found = re.search(r"^Password: (\S+)$", self.mail.sent[-1].text, re.MULTILINE)
        assert found is not None
        return found[1]


@pytest.fixture
def office() -> Office:
    return Office()


def bob(office: Office) -> User:
    return office.add(ACME, BOB, "Bob", SystemRole.USER, ADMIN, Via.CONSOLE)


def test_an_invited_person_signs_in_with_the_mailed_password_and_chooses_their_own(office: Office) -> None:
    invited = office.invited(bob(office))
    assert (invited.state, invited.invited_at) == (UserState.INVITED, office.clock())
    (mail,) = office.mail.sent
    assert (mail.to, mail.subject) == (BOB, "Acme invites you to Tocsin")
    assert "https://console.example/console/signin" in mail.text

    asked = office.tries(BOB, office.password())
    assert isinstance(asked, Asked)
    assert isinstance(office.sign_in.new_password(asked.state, OTHER, HOME), Opened)
    assert office.actions()[:2] == ["user.created", "user.invited"]
    stored = office.directory.user(ACME, invited.id)
    assert stored is not None
    assert office.invite(stored, ADMIN, Via.CONSOLE) is NotInvited.ACTIVE


def test_a_new_invitation_ends_the_one_before(office: Office) -> None:
    invited = office.invited(bob(office))
    first = office.password()
    office.invited(invited)
    assert office.password() != first
    assert office.tries(BOB, first) == Denied(Denial.WRONG)
    assert isinstance(office.tries(BOB, office.password()), Asked)


def test_a_person_is_invited_at_most_five_times_a_day(office: Office) -> None:
    user = bob(office)
    for _ in range(5):
        user = office.invited(user)
    assert office.invite(user, ADMIN, Via.CONSOLE) is NotInvited.OFTEN
    assert len(office.mail.sent) == 5
    office.passes(days=1)
    office.invited(user)


def test_a_disabled_person_is_not_invited(office: Office) -> None:
    disabled = replace(bob(office), state=UserState.DISABLED)
    assert office.invite(disabled, ADMIN, Via.CONSOLE) is NotInvited.DISABLED
    assert office.mail.sent == []


def test_a_known_address_is_mailed_no_password_and_changes_nothing_until_accepted(office: Office) -> None:
    user = office.add(RIVAL, ANA, "Ana", SystemRole.ADMIN, ADMIN, Via.CONSOLE)
    office.invited(user)
    (mail,) = office.mail.sent
    assert mail.subject == "Rival has added you to Tocsin"
    assert "Password:" not in mail.text

    opened = office.signed_in()
    assert opened.session.tenant == ACME
    assert office.people.accounts.of(opened.user) == Accounts({ACME: "Acme"}, {RIVAL: "Rival"})
    assert office.actions(RIVAL) == ["user.created", "user.invited"]
    accepted = office.people.accounts.accept(opened.user, RIVAL, HOME)
    assert accepted.state is UserState.ACTIVE
    assert isinstance(office.tries(), Asked)
    assert office.people.accounts.of(opened.user) == Accounts({ACME: "Acme", RIVAL: "Rival"})
    with pytest.raises(NotFound):
        office.people.accounts.accept(opened.user, RIVAL, HOME)


def test_a_person_is_added_once_and_found_again_until_active(office: Office) -> None:
    user = bob(office)
    assert office.add(ACME, BOB.upper(), "Robert", SystemRole.USER, OPERATOR, Via.OPERATOR) == user
    with pytest.raises(InvalidRequest, match="already"):
        office.add(ACME, ANA, "Ana", SystemRole.USER, OPERATOR, Via.OPERATOR)


@pytest.mark.parametrize(("email", "name"), [("not an address", "Bob"), (BOB, "  "), (BOB, "x" * 201), (BOB, "a\nb")])
def test_a_person_needs_an_address_and_a_name(office: Office, email: str, name: str) -> None:
    with pytest.raises(InvalidRequest):
        office.add(ACME, email, name, SystemRole.USER, OPERATOR, Via.OPERATOR)


def test_first_passwords_are_long_and_easy_to_type() -> None:
    assert re.fullmatch(r"[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){3}", first_password(bytes(range(16))))
    assert len({first_password(bytes([n] * 16)) for n in range(32)}) == 32
    assert len(first_password(bytes(16))) >= 12
    assert first_password(bytes(16)) != FIRST
