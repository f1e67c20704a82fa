"""Write an alert, see what it would do, confirm it, send it."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Blueprint, Response

from console.composing.form import STEPS, Composed, Step, composed, request_of
from console.composing.happens import Happens, happens
from console.site import Site
from console.visit import Visit
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.account_key import account_key
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotYetAvailable, RequestTooLarge, Superseded
from tocsin.kernel.domain.ids import TenantId
from tocsin.planning.application.plan_send import Plan
from tocsin.schedules.domain.answer import Scheduled
from tocsin.stored_content.domain.stored_content import StoredContent

_CHOICES = 100
"""Contact groups that the form offers."""


@dataclass(frozen=True, slots=True)
class Composing:
    """What composing needs of the core."""

    send: Callable[[ApiKey, SendRequest, IdempotencyClaim | None], SendResult]
    schedule: Callable[[ApiKey, SendRequest, Any, IdempotencyClaim | None], Scheduled | SendResult]
    plan: Callable[[ApiKey, SendRequest], Plan]
    groups: Callable[[ApiKey], Sequence[StoredContent]]
    sets: Callable[[ApiKey, str], Sequence[str]]
    numbers: Callable[[TenantId], Sequence[str]]
    account_zone: Callable[[TenantId], str]
    may_send: Callable[[], None]


def compose_routes(site: Site, use: Composing) -> Blueprint:
    """Return the route of the form. Its button asks once more, and that page sends."""
    routes = Blueprint(__name__)

    @site.page(routes, "alerts/new", Permission.ALERTS_SEND, posts=True)
    def new_alert(visit: Visit) -> Response:
        if visit.call.method == "GET":
            fresh = Composed(once=secrets.token_hex(16), sender=_first(use.numbers(visit.principal.tenant)))
            return _form(site, use, visit, fresh)
        form = composed(visit.form)
        part = visit.form.get("part")
        found, planned = _planned(use, visit, form)
        if part == "plan":
            return site.show_part(visit, "compose_plan", happens=planned, faults=found)
        if found or planned is None or not planned.messages or part not in ("confirm", "send", "test"):
            return _form(site, use, visit, form, found, planned, status=422 if found else 200)
        if part == "test":
            return _test(site, use, visit, form)
        if part == "confirm":
            return site.show(visit, "compose_confirm", form=form, happens=planned, wrong=False)
        if planned.type_it and visit.form.get("typed") != str(planned.receivers):
            return site.show(visit, "compose_confirm", 422, form=form, happens=planned, wrong=True)
        return _send(site, use, visit, form, planned)

    return routes


def _send(site: Site, use: Composing, visit: Visit, form: Composed, planned: Happens) -> Response:
    """Send or schedule. The form's own `once` makes a second click, Back and Reload send nothing again."""
    use.may_send()
    key = account_key(visit.principal.tenant)
    request = replace(request_of(form, use.account_zone(key.tenant)), sent_by=_sender(visit))
    if request.schedule is not None:
        kept = use.schedule(key, request, request.schedule, _claim(form, request))
        if isinstance(kept, Scheduled):
            return visit.go("schedules", said="scheduled")
        result = kept
    else:
        result = use.send(key, request, _claim(form, request))
    if result.alert_ref is None:
        reasons = [Fault("", "NOTHING_ACCEPTED", result.failure_reason or "Nothing was sent.")]
        return _form(site, use, visit, form, reasons, planned, status=422)
    return visit.go(f"alerts/{result.alert_ref}", said="sent")


def _test(site: Site, use: Composing, visit: Visit, form: Composed) -> Response:
    """Send the same texts to the person who writes them, without steps."""
    person = visit.principal.user
    assert person is not None
    own = [address for address in (person.email, person.backup_phone) if address]
    mine = replace(
        form,
        title=f"Test: {form.title or form.subject or 'alert'}"[:80],
        group="",
        receivers="\n".join(own),
        steps=(),
        when="now",
        once=secrets.token_hex(16),
    )
    try:
        request = replace(request_of(mine, use.account_zone(person.tenant)), sent_by=_sender(visit))
        result = use.send(account_key(person.tenant), request, None)
    except InvalidRequest as error:
        return _form(site, use, visit, form, error.faults, None, status=422)
    if result.alert_ref is None:
        why = "Your profile has no address for this: add a phone number there, or tick Email."
        return _form(site, use, visit, form, [Fault("channel", "NOTHING_ACCEPTED", why)], None, status=422)
    _, planned = _planned(use, visit, form)
    return _form(site, use, visit, form, (), planned, tested=result.alert_ref)


def _planned(use: Composing, visit: Visit, form: Composed) -> tuple[Sequence[Fault], Happens | None]:
    key = account_key(visit.principal.tenant)
    try:
        return (), happens(use.plan(key, request_of(form, use.account_zone(key.tenant))))
    except InvalidRequest as error:
        return error.faults, None
    except (NotYetAvailable, RequestTooLarge, Superseded) as error:
        return [Fault("", error.code, str(error))], None


def _form(
    site: Site,
    use: Composing,
    visit: Visit,
    form: Composed,
    faults: Sequence[Fault] = (),
    planned: Happens | None = None,
    *,
    status: int = 200,
    tested: str = "",
) -> Response:
    key = account_key(visit.principal.tenant)
    return site.show(
        visit,
        "compose",
        status,
        form=form,
        steps=[*form.steps, Step()][:STEPS],
        groups=[(store.store_id, store.name or store.store_id) for store in use.groups(key)],
        sets=[(name, name) for name in use.sets(key, form.group)] if form.group else [],
        numbers=[(number, number) for number in use.numbers(key.tenant)],
        account_zone=use.account_zone(key.tenant),
        happens=planned,
        faults=faults,
        fault=_by_field(faults),
        fault_pairs=[(fault.pointer, fault.message) for fault in faults],
        tested=tested,
    )


def _by_field(faults: Sequence[Fault]) -> Mapping[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for fault in faults:
        found.setdefault(fault.pointer, fault.message)
    return found


def _claim(form: Composed, request: SendRequest) -> IdempotencyClaim | None:
    if not form.once:
        return None
    return IdempotencyClaim("console-send", form.once, hashlib.sha256((request.text or "").encode()).hexdigest())


def _sender(visit: Visit) -> SentBy:
    return SentBy(SenderKind.USER, visit.principal.actor.id, visit.principal.actor.name)


def _first(numbers: Sequence[str]) -> str:
    return numbers[0] if numbers else ""
