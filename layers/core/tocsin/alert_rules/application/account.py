"""What rules need of an account's directory: names, known ids, and what people may use of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tocsin.alert_rules.domain.data_scopes import ScopeHolder, sight_of
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.references import KnownThings
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.directory.application.references import References
from tocsin.directory.domain.things import AnyThing, Group, Kind, Line, PhoneNumber
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, Forbidden, InvalidRequest, NotPossible
from tocsin.kernel.domain.ids import TenantId

_KINDS = (Kind.LINE, Kind.GROUP, Kind.PHONE_NUMBER, Kind.USER)


@dataclass(frozen=True, slots=True)
class Account:
    """The lines, groups, numbers and people of an account, as they are now."""

    things: Sequence[AnyThing]
    names: AccountNames
    known: KnownThings


@dataclass(frozen=True, slots=True)
class ReadAccount:
    """Reads the directory for rules.

    Attributes:
        country: returns the ISO code of the country of an account's national numbers; None = unknown.
    """

    directory: Directory
    references: References
    country: Callable[[TenantId], str | None] = lambda tenant: None

    def __call__(self, tenant: TenantId) -> Account:
        """Return the account."""
        things = [thing for kind in _KINDS for thing in self.directory.all(tenant, kind)]
        return Account(things, replace(names_of(things), country=self.country(tenant)), _known(things))

    def owner(self, tenant: TenantId, id: str) -> User:
        """Return a person who can own rules.

        Raises:
            InvalidRequest: there is no such person.
            NotPossible: people with this role have no rules.
        """
        found = self.directory.get(tenant, Kind.USER, id)
        if not isinstance(found, User):
            raise InvalidRequest([Fault("/owner", "NO_SUCH_THING", "there is no such person", (id,))])
        role = self.references.role(tenant, found.role)
        if role is None or role.permissions.get(Permission.RULES_OWN, Reach.NONE) is Reach.NONE:
            raise NotPossible("people with this role have no alert rules")
        return found

    def sight_of_owner(self, account: Account, rule: AlertRule, changed: Role | None = None) -> frozenset[str] | None:
        """Return what the owner of a rule may see; None = everything. An owner who is gone sees nothing.

        Args:
            changed: a role as it will be, in place of the one that is stored.
        """
        owner = next((each for each in account.things if isinstance(each, User) and each.id == rule.owner), None)
        role = None if owner is None else self.references.role(rule.tenant, owner.role)
        if role is not None and changed is not None and role.id == changed.id:
            role = changed
        if owner is None or role is None:
            return frozenset()
        return sight_of(ScopeHolder(owner.id, role, owner.companies), account.things)


def sight_of_caller(account: Account, caller: Principal) -> frozenset[str] | None:
    """Return what rules that a caller makes may see; None = everything."""
    if caller.role is None:
        raise Forbidden(Permission.RULES_OWN.value)
    user = caller.user.id if caller.user else None
    return sight_of(ScopeHolder(user, caller.role, caller.companies), account.things)


def names_of(things: Iterable[AnyThing]) -> AccountNames:
    """Return what names in events mean, by the things of the directory."""
    lines, groups, extensions = dict[str, str](), dict[str, str](), dict[str, str]()
    group_names, owners, targets = dict[str, str](), dict[str, str](), dict[str, str]()
    own_numbers = set[str]()
    for thing in things:
        match thing:
            case Line():
                lines |= dict.fromkeys(_spellings(thing.id, thing.extension, *thing.aliases), thing.id)
                extensions[thing.id] = thing.extension
                if thing.user is not None:
                    owners[thing.id] = thing.user
            case Group():
                groups |= dict.fromkeys(_spellings(thing.id, thing.number, *thing.aliases), thing.id)
                group_names[thing.id] = thing.name
            case PhoneNumber():
                own_numbers.add(thing.e164)
                if thing.target is not None and thing.target.kind == "line":
                    targets[thing.e164] = thing.target.id
    return AccountNames(lines, groups, extensions, group_names, owners, targets, frozenset(own_numbers))


def _spellings(*names: str) -> Iterator[str]:
    return (name.casefold() for name in names if name)


def _known(things: Iterable[AnyThing]) -> KnownThings:
    lines, groups, users, numbers = set[str](), set[str](), set[str](), set[str]()
    for thing in things:
        match thing:
            case Line():
                lines.add(thing.id)
            case Group():
                groups.add(thing.id)
            case User():
                users.add(thing.id)
            case PhoneNumber() if thing.sms_enabled:
                numbers.add(thing.e164)
    return KnownThings(lines, groups, users, numbers)
