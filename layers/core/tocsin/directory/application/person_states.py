"""What is done to a person: disable, enable, end the sessions, invite, transfer what they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from tocsin.audit.domain.actor import Actor, Via
from tocsin.directory.application.entries import Changes
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.references import References
from tocsin.directory.application.rules_of_directory import RulesOfDirectory
from tocsin.directory.application.write_directory import ROUNDS
from tocsin.directory.domain.authority import check_touch, in_reach, may_change
from tocsin.directory.domain.things import AnyThing, Group, Kind, Line
from tocsin.directory.domain.versions import check_match
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StaleWrite, TooManyRequests, WrongState
from tocsin.kernel.domain.ids import UserId
from tocsin.kernel.ports import Clock

_MOVED_AT_ONCE = 25
"""Things that are transferred in one transaction: each takes a few rows of the 100."""


class Invite(Protocol):
    """Gives a person a sign-in and mails them; `sign_in.application.invite` has it."""

    def __call__(self, user: User, who: Actor, via: Via, console: str, request_id: str = "") -> User | StrEnum:
        """Return the person as they are now, or why no mail went out. Raises StaleWrite.

        Args:
            console: where the console is, as `console_link` takes it.
        """
        ...


_DAY = 86_400
_OFTEN = "often"
"""Why no mail went out: the person was invited too often today. Every other reason is the person's state."""

_NOTHING_TO_ACCEPT = {
    "active": "this person is active, so there is nothing to accept",
    "disabled": "this person is disabled; enable the person first",
    "not_me": "the owner of this mailbox said that the invitation is not for them; correct the address first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStates:
    """Acts on people for a caller. Every method returns the person, and may be repeated.

    Raises:
        Forbidden: the caller may not change people, or not this one.
        NotFound: the tenant has no such person.
        PreconditionFailed: the person is not in the version of `if_match`.
        StaleWrite: the person kept changing.

    Attributes:
        rules: returns what alert rules say; they are imported with the first question.
        appointments: returns what gives the appointments of a person to another.
    """

    directory: Directory
    read: ReadDirectory
    references: References
    changes: Changes
    sign_in: PersonSignIn
    clock: Clock
    inviting: Invite
    rules: Callable[[], RulesOfDirectory]
    appointments: Callable[[], Callable[[Principal, User, User], None]]

    def disable(self, caller: Principal, id: str, if_match: str | None = None) -> User:
        """Refuse everything of a person from now on. Raises LastOwner."""
        now = self.clock()
        user = self._move(
            caller, id, if_match, "disabled",
            lambda it: it if it.state is UserState.DISABLED
            else replace(it, state=UserState.DISABLED, signed_out_at=now),
        )  # fmt: skip
        self.sign_in.disabled(user)
        return user

    def enable(self, caller: Principal, id: str, if_match: str | None = None) -> User:
        """Let a disabled person in again; one who never signed in is invited again."""

        def enabled(user: User) -> User:
            if user.state is not UserState.DISABLED:
                return user
            return replace(user, state=UserState.ACTIVE if user.confirmed_email else UserState.INVITED)

        user = self._move(caller, id, if_match, "enabled", enabled)
        self.sign_in.enabled(user)
        return user

    def end_sessions(self, caller: Principal, id: str, if_match: str | None = None) -> User:
        """End all sessions of a person, and refuse access tokens issued before."""
        now = self.clock()
        user = self._move(caller, id, if_match, "sessions_ended", lambda it: replace(it, signed_out_at=now))
        self.sign_in.sessions.end_all(user.tenant, user.id)
        return user

    def reset_app(self, caller: Principal, id: str, console: str, if_match: str | None = None) -> User:
        """Turn a person's authenticator app off, for example because the phone is lost, and mail the person.

        Args:
            console: where the console is, as `console_link` takes it.

        Raises:
            Forbidden: the caller is neither owner nor administrator, or changes an owner without being one.
            SharedSignIn: the person signs in to other accounts too.
        """
        caller.need(Permission.ACCOUNT, Reach.ALL)

        def without(user: User) -> User:
            self.sign_in.check_app(user)
            return replace(user, mfa=False)

        user = self._move(caller, id, if_match, "mfa_reset", without, always=True)
        self.sign_in.app_off(user, console)
        return user

    def invite(self, caller: Principal, id: str, console: str, if_match: str | None = None) -> User:
        """Mail a first password, or "X has added you" to a person who signs in elsewhere. The password before is void.

        Args:
            console: where the console is, as `console_link` takes it.

        Raises:
            WrongState: the person is active or disabled, or the owner of the mailbox wants no mail.
            TooManyRequests: five invitations within a day.
        """
        user = self._found(caller, id)
        check_match(if_match, user)
        invited = self.inviting(user, caller.actor, caller.via, console, caller.request_id)
        if isinstance(invited, User):
            return invited
        if invited.value == _OFTEN:
            raise TooManyRequests("a person is invited five times a day at most", _DAY)
        raise WrongState(_NOTHING_TO_ACCEPT[invited.value])

    def transfer(
        self,
        caller: Principal,
        id: str,
        whom: Callable[[], str],
        if_match: str | None = None,
        confirm: str | None = None,
    ) -> User:
        """Give a person's lines, places in groups, alert rules and appointments to another person of the tenant.

        Args:
            whom: returns the id of the other person. Raises InvalidRequest.
            confirm: says that the list of triggers of rules that stop was seen.

        Raises:
            InvalidRequest: the other person does not exist, is not in the caller's reach, or is the same.
            Forbidden, NotPossible, ConfirmFirst: of the rules.
        """
        user = self._found(caller, id)
        may_change(caller, Kind.GROUP)
        check_match(if_match, user)
        to = whom()
        other = self.directory.get(caller.tenant, Kind.USER, to)
        if (
            not isinstance(other, User)
            or other.id == user.id
            or not in_reach(caller, other, may_change(caller, Kind.USER))
        ):
            raise InvalidRequest([Fault("/to", "NO_SUCH_THING", "must be the id of another person", (to,))])
        for _ in range(ROUNDS):
            things = self.references.users_of(user)
            after = [given(each, user, other) for each in things]
            move_rules = self.rules().transfer(caller, user, other, after, confirm)
            moved = [self.changes(caller, *pair, "transferred") for pair in zip(things, after, strict=True)]
            try:
                for start in range(0, len(moved), _MOVED_AT_ONCE):
                    self.directory.commit(moved[start : start + _MOVED_AT_ONCE])
                move_rules()
                self.appointments()(caller, user, other)
            except StaleWrite:
                continue
            return user
        raise StaleWrite("another call kept changing what this person has")

    def _move(
        self,
        caller: Principal,
        id: str,
        if_match: str | None,
        verb: str,
        changed: Callable[[User], User],
        *,
        always: bool = False,
    ) -> User:
        """Change a person, with an entry. `always`: also if nothing differs here, because something does elsewhere."""
        for _ in range(ROUNDS):
            before = self._found(caller, id)
            check_match(if_match, before)
            after = changed(before)
            if after == before and not always:
                return before
            after = replace(after, version=before.version + 1)
            try:
                self.directory.commit([self.changes(caller, before, after, verb)])
            except StaleWrite:
                continue
            return after
        raise StaleWrite("another call kept changing this person")

    def _found(self, caller: Principal, id: str) -> User:
        reach = may_change(caller, Kind.USER)
        found = self.read.found(caller, Kind.USER, id)
        assert isinstance(found, User)
        check_touch(caller, found, reach, self.references.role(found.tenant, found.role))
        return found


def given(thing: AnyThing, user: User, to: User) -> AnyThing:
    """Return a thing in its next version in which one person stands for another."""
    match thing:
        case Line():
            return replace(thing, user=to.id, version=thing.version + 1)
        case Group():
            members, managers = (_swapped(each, user, to) for each in (thing.members, thing.managers))
            return replace(thing, members=members, managers=managers, version=thing.version + 1)
    return thing


def _swapped(people: tuple[UserId, ...], user: User, to: User) -> tuple[UserId, ...]:
    return tuple(dict.fromkeys(to.id if each == user.id else each for each in people))
