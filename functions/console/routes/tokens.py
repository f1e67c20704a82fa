"""The person's own tokens: the list, a new one. A token is shown on the answer to the form that made it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from chalice.app import Blueprint, Response

from console.drafting import Drafting
from console.faults import FaultsShown
from console.site import Site
from console.visit import Form, Visit
from tocsin.identity.application.own_tokens import OwnTokens
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.personal_token import LONGEST_DAYS, NewToken
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotPossible

_PAGE = "me/tokens"
_LIVES = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (LONGEST_DAYS, "A year"))

_SENTENCES = {"name": "A name is one line of at most 80 characters.", "days": "Choose when it ends."}


@dataclass(frozen=True, slots=True)
class TokenPages:
    """What these pages need of the core."""

    own: OwnTokens
    drafting: Drafting


def token_routes(site: Site, use: TokenPages) -> Blueprint:
    """Return the routes of personal tokens. A new one asks for a fresh proof."""
    routes = Blueprint(__name__)

    @site.page(routes, _PAGE, Permission.SELF, posts=True)
    def tokens(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _tokens(site, use, visit, use.drafting.take(visit, _PAGE))
        if token_id := visit.form.get("delete"):
            use.own.delete(visit.principal, token_id)
            return visit.go(_PAGE, said="token-off")
        if not visit.session.is_proved(visit.now):
            use.drafting.keep(visit, _PAGE)
            return visit.go("prove", next=_PAGE)
        return _make(site, use, visit)

    return routes


def _make(site: Site, use: TokenPages, visit: Visit) -> Response:
    """Make a token. A second click or Reload sends the same `once`, and gets the same token."""
    form, once = visit.form, visit.form.get("once")
    days = int(form.get("days")) if form.get("days") in {str(days) for days, _ in _LIVES} else 0
    wanted = NewToken(
        form.get("name"),
        days,
        read_only=form.get("may") == "reads",
        manages_people=form.get("may") == "manages" and _manages(visit),
    )
    try:
        made = use.own.make(visit.principal, wanted, hashlib.sha256(once.encode()).digest() if once else None)
    except InvalidRequest as error:
        at = [(fault.pointer.strip("/"), fault) for fault in error.faults]
        faults = [Fault(field, fault.code, _SENTENCES.get(field, fault.message)) for field, fault in at]
        return _tokens(site, use, visit, form, faults)
    except NotPossible as error:
        return _tokens(site, use, visit, form, [Fault("", error.code, f"{error}.")])
    return site.show(visit, "me_token", it=made.token, token=made.text)


def _tokens(site: Site, use: TokenPages, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    return site.show(
        visit,
        "me_tokens",
        422 if faults else 200,
        tokens=use.own.list(visit.principal),
        lives=_LIVES,
        manages=_manages(visit),
        form=form,
        once=form.get("once") or secrets.token_hex(16),
        faults=FaultsShown(faults),
    )


def _manages(visit: Visit) -> bool:
    """Whether the person may manage people, roles or keys, so that a token could."""
    return visit.may(Permission.PEOPLE_MANAGE) or visit.may(Permission.KEYS)
