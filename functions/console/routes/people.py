"""People: the list, one person, a new one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.drafting import Drafting
from console.faults import NOTHING_STOPS, FaultsShown, Stops, at_fields, unconfirmed
from console.people_words import in_the_way, role_name, shown_person
from console.roles.routes import roles_of
from console.site import Site
from console.visit import Form, Visit
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.application.delete_thing import DeleteThing
from tocsin.directory.application.person_states import PersonStates
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.write_directory import WriteDirectory
from tocsin.directory.domain.authority import check_touch, in_reach, is_administrator, may_change, may_read
from tocsin.directory.domain.things import Company, Kind
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.refusals import SharedSignIn
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import (
    AlreadyExists,
    ConfirmFirst,
    ExceedsYours,
    Fault,
    Forbidden,
    InUse,
    InvalidRequest,
    LastOwner,
    NotFound,
    NotPossible,
    PreconditionFailed,
    TooManyRequests,
    WrongState,
)
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import SuppressionReason

PAGE = 50

_NEW = "users/new"
_CHANGE = (Permission.PEOPLE_MANAGE, Reach.COMPANIES)
_REFUSALS = (
    InvalidRequest,
    AlreadyExists,
    ConfirmFirst,
    ExceedsYours,
    InUse,
    LastOwner,
    NotPossible,
    PreconditionFailed,
    SharedSignIn,
    TooManyRequests,
    WrongState,
)
"""What a form is told at its fields."""


@dataclass(frozen=True, slots=True)
class PeoplePages:
    """What these pages need of the core.

    Attributes:
        standing: why mails to some addresses of a tenant do not go out.
        console_url: where people reach the console, as `Call.address_by` reads it; invitations name it.
    """

    read: ReadDirectory
    write: WriteDirectory
    delete: DeleteThing
    states: PersonStates
    drafting: Drafting
    standing: Callable[[TenantId, Channel, Sequence[str]], Mapping[str, SuppressionReason]]
    console_url: str

    def invite(self, visit: Visit, user: User) -> None:
        """Mail an invitation. Raises WrongState, TooManyRequests."""
        self.states.invite(visit.principal, user.id, visit.console(self.console_url))


def people_routes(site: Site, use: PeoplePages) -> Blueprint:
    """Return the routes of people. Every change asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, "users", Permission.PEOPLE_READ)
    def users(visit: Visit) -> Response:
        reach = may_read(visit.principal, Kind.USER)
        page = use.read.directory.list(visit.principal.tenant, Kind.USER, PAGE, visit.query.get("cursor") or None)
        names = {role.id: role_name(role) for role in roles_of(use.read, visit.principal.tenant)}
        seen = [each for each in page.things if isinstance(each, User) and in_reach(visit.principal, each, reach)]
        people = sorted(seen, key=lambda user: user.name.casefold())
        suppressed = _suppressed(use, people)
        rows = [shown_person(each, names, suppressed, visit.now) for each in people]
        return site.show(visit, "users", rows=rows, next=page.next, may_change=visit.may(*_CHANGE))

    @site.page(routes, _NEW, Permission.PEOPLE_MANAGE, posts=True, reach=Reach.COMPANIES)
    def new_user(visit: Visit) -> Response:
        if (proof := use.drafting.to_proof(visit, _NEW)) is not None:
            return proof
        if visit.call.method == "POST":
            return _add(site, use, visit)
        return _form(site, use, visit, use.drafting.take(visit, _NEW))

    @site.page(routes, "users/{user_id}", Permission.PEOPLE_READ, posts=True)
    def user(visit: Visit, user_id: str) -> Response:
        found = use.read.one(visit.principal, Kind.USER, user_id)
        if not isinstance(found, User):
            raise NotFound("user")
        form = f"users/{found.id}"
        if visit.call.method == "GET":
            return _person(site, use, visit, found, use.drafting.take(visit, form))
        visit.principal.need(*_CHANGE)
        if (proof := use.drafting.to_proof(visit, form)) is not None:
            return proof
        return _act(site, use, visit, found)

    return routes


def _add(site: Site, use: PeoplePages, visit: Visit) -> Response:
    """Add a person, and invite them. The form's own `once` makes a second click find the person of the first."""
    form = visit.form
    once = hashlib.sha256(f"{visit.principal.actor}|{form.get('once')}".encode()).hexdigest()[:32]
    try:
        made = use.write.create(visit.principal, Kind.USER, _body(form), once)
    except _REFUSALS as error:
        return _form(site, use, visit, form, _faults(error))
    assert isinstance(made, User)
    if form.ticked("invite") and made.state is UserState.INVITED and made.invited_at is None:
        use.invite(visit, made)
        return visit.go(f"users/{made.id}", said="invited")
    return visit.go(f"users/{made.id}", said="saved")


def _act(site: Site, use: PeoplePages, visit: Visit, user: User) -> Response:
    who, act, confirm = visit.principal, visit.form.get("act"), visit.form.get("confirm") or None
    try:
        match act:
            case "invite":
                use.invite(visit, user)
                said = "invited"
            case "app":
                use.states.reset_app(who, user.id, visit.console(use.console_url))
                said = "app-reset"
            case "disable":
                use.states.disable(who, user.id)
                said = "disabled"
            case "enable":
                use.states.enable(who, user.id)
                said = "enabled"
            case "end":
                use.states.end_sessions(who, user.id)
                said = "ended"
            case "transfer":
                use.states.transfer(who, user.id, lambda: _whom(use, visit), confirm=confirm)
                said = "transferred"
            case "delete" if not visit.form.ticked("sure"):
                sentence = "Nothing was deleted. Tick the box first: a deleted person does not come back."
                return _person(site, use, visit, user, Form(), [Fault("", "REQUIRED", sentence)])
            case "delete":
                use.delete(who, Kind.USER, user.id)
                return visit.go("users", said="deleted")
            case _:
                version = visit.form.get("version")
                use.write.change(who, Kind.USER, user.id, _body(visit.form), f'"{version}"', confirm)
                said = "saved"
    except _REFUSALS as error:
        now = use.read.one(who, Kind.USER, user.id)
        assert isinstance(now, User)
        typed = visit.form if act == "save" else Form()
        return _person(site, use, visit, now, typed, _faults(error), Stops.of(error, act))
    return visit.go(f"users/{user.id}", said=said)


def _faults(error: Exception) -> Sequence[Fault]:
    """Return a refusal at the fields of the form."""
    match error:
        case InvalidRequest():
            return at_fields(error.faults)
        case AlreadyExists():
            return [Fault("email", error.code, "Another person of the account has this address.")]
        case ExceedsYours():
            return [Fault("role", error.code, "You cannot give a role that may do more than you.")]
        case LastOwner():
            return [Fault("", error.code, "The account needs an owner: make another person owner first.")]
        case PreconditionFailed():
            sentence = "The person was changed meanwhile. Look at the present state below, then save again."
            return [Fault("", error.code, sentence)]
        case SharedSignIn():
            return [Fault("email", error.code, "The person signs in to other accounts too, and changes this alone.")]
        case TooManyRequests():
            return [Fault("", error.code, "Five invitations went out within a day. Try again tomorrow.")]
        case ConfirmFirst():
            return [unconfirmed(error)]
        case InUse():
            return [Fault("", error.code, "First give what the person has to another person, below.")]
    return [Fault("", "NOT_POSSIBLE", str(error))]


def _whom(use: PeoplePages, visit: Visit) -> str:
    found = use.read.directory.by_natural_key(visit.principal.tenant, Kind.USER, visit.form.get("to"))
    if not isinstance(found, User):
        raise InvalidRequest([Fault("/to", "NO_SUCH_THING", "No person of the account has this address.")])
    return found.id


def _body(form: Form) -> dict[str, Any]:
    linked = (line.strip() for line in form.text("contacts").splitlines())
    return {
        "name": " ".join(form.get("name").split()),
        "email": form.get("email"),
        "role": form.get("role"),
        "companies": form.all("company"),
        **({"contacts": [each for each in linked if each]} if "contacts" in form.values else {}),
    }


def _form(site: Site, use: PeoplePages, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    fresh = not form.values
    return site.show(
        visit,
        "user_new",
        422 if faults else 200,
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        invite=fresh or form.ticked("invite"),
        faults=FaultsShown(faults),
        **_choices(use, visit),
    )


def _person(
    site: Site,
    use: PeoplePages,
    visit: Visit,
    user: User,
    typed: Form,
    faults: Sequence[Fault] = (),
    stops: Stops = NOTHING_STOPS,
) -> Response:
    names = {role.id: role_name(role) for role in roles_of(use.read, visit.principal.tenant)}
    may = _may_touch(use, visit, user)
    has = in_the_way(use.delete.planned(visit.principal, Kind.USER, user.id)) if may else []
    stands: dict[str, list[str]] = {"name": [user.name], "email": [user.email], "role": [user.role]}
    stands |= {"company": [*user.companies], "contacts": ["\n".join(sorted(user.contacts))]}
    return site.show(
        visit,
        "user",
        422 if faults else 200,
        it=shown_person(user, names, _suppressed(use, [user]), visit.now),
        form=typed if typed.values else Form(stands),
        may_change=may,
        may_link=is_administrator(visit.principal),
        may_notify=is_administrator(visit.principal),
        may_reset=may and visit.may(Permission.ACCOUNT, Reach.ALL),
        is_me=visit.principal.user is not None and visit.principal.user.id == user.id,
        has=has,
        to=visit.form.get("to"),
        stops=stops,
        faults=FaultsShown(faults),
        **_choices(use, visit),
    )


def _suppressed(use: PeoplePages, people: Sequence[User]) -> Mapping[str, SuppressionReason]:
    """Return why no mail goes to people who were invited and have not come yet."""
    invited = [user for user in people if user.state is UserState.INVITED and user.invited_at is not None]
    return use.standing(invited[0].tenant, Channel.EMAIL, [user.email for user in invited]) if invited else {}


def _may_touch(use: PeoplePages, visit: Visit, user: User) -> bool:
    try:
        check_touch(visit.principal, user, may_change(visit.principal, Kind.USER), _role(use, user))
    except Forbidden:
        return False
    return True


def _choices(use: PeoplePages, visit: Visit) -> dict[str, Any]:
    companies = use.read.directory.all(visit.principal.tenant, Kind.COMPANY)
    return {
        "roles": [(role.id, role_name(role)) for role in roles_of(use.read, visit.principal.tenant)],
        "companies": [(each.id, each.name) for each in companies if isinstance(each, Company)],
    }


def _role(use: PeoplePages, user: User) -> Role | None:
    return use.read.references.role(user.tenant, user.role)
