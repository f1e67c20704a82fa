"""Write an alert, see what it would do, confirm it, send it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Response

from console.composing.choices import choices
from console.composing.fields import STEPS, Composed, Step, composed
from console.composing.form import body_of, on_the_form, request_of
from console.composing.happens import Happens, happens
from console.composing.heard import heard_by_the_first
from console.composing.prefill import of_incident, of_store, says_all
from console.routes.incident import alert_reference
from console.site import Site
from console.stores import FOR_EVER, AccountStores
from console.visit import Form, Visit
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.drafts.domain.form_draft import FormDraft
from tocsin.drafts.ports import Drafts
from tocsin.entrypoint.alert_body.alert import storable
from tocsin.history.application.incident import ReadIncident
from tocsin.history.application.read_sent_request import ReadSentRequest
from tocsin.history.domain.incident_person import PeopleShown
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import (
    Fault,
    InvalidRequest,
    RequestTooLarge,
    StorageUnavailable,
    Superseded,
)
from tocsin.kernel.domain.ids import TenantId
from tocsin.planning.domain.plan import Plan
from tocsin.schedules.domain.answer import Scheduled
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import ContentType

DRAFT = "alerts/new"
"""The form, as drafts name it."""

USABLE = frozenset(
    {
        ContentType.SMS,
        ContentType.EMAIL,
        ContentType.CALL,
        ContentType.RECIPIENT_LIST,
        ContentType.CONTACT_GROUP,
        ContentType.ALERT,
    }
)
"""Types of stores that fill in the form."""

_LIKE = (
    "All is as in the alert that was sent, which went to these addresses. Steps that name contacts need their group."
)
_LIKE_MANY = "All is as in the alert that was sent, but it went to too many to list them: choose again whom it goes to."


@dataclass(frozen=True, slots=True)
class Composing:
    """What composing needs of the core."""

    send: Callable[[ApiKey, SendRequest, IdempotencyClaim | None], SendResult]
    schedule: Callable[[ApiKey, SendRequest, Any, IdempotencyClaim | None], Scheduled | SendResult]
    plan: Callable[[ApiKey, SendRequest], Plan]
    numbers: Callable[[TenantId], Sequence[str]]
    account_zone: Callable[[TenantId], str]
    may_send: Callable[[], None]
    stores: AccountStores
    incident: ReadIncident
    sent_request: ReadSentRequest
    drafts: Drafts


def compose_routes(site: Site, use: Composing) -> Blueprint:
    """Return the route of the form. Its button asks once more, and that page sends."""
    routes = Blueprint(__name__)

    @site.page(routes, "alerts/new", Permission.ALERTS_SEND, posts=True)
    def new_alert(visit: Visit) -> Response:
        if visit.call.method == "GET":
            return _opened(site, use, visit)
        part = visit.form.get("part")
        if part == "discard":
            use.drafts.discard(visit.principal.tenant, str(visit.principal.actor), DRAFT)
            return visit.go("alerts/new", said="draft-gone")
        form = composed(visit.form)
        _keep_draft(use, visit, form)
        found, planned = _planned(use, visit, form)
        if part == "keep":
            return _keep(site, use, visit, form, found, planned)
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


def _opened(site: Site, use: Composing, visit: Visit) -> Response:
    """Show the form: empty, or filled in from the draft, from a store, or from an alert that was sent."""
    kept = use.drafts.get(visit.principal.tenant, str(visit.principal.actor), DRAFT, visit.now)
    form, partly = _filled(use, visit, kept)
    number = _first(use.numbers(visit.principal.tenant))
    call = replace(form.call, caller=form.call.caller or number)
    form = replace(form, once=secrets.token_hex(16), sender=form.sender or number, call=call)
    offered = None if visit.query.get("draft") or kept is None else kept.at
    return _form(site, use, visit, form, draft_at=offered, partly=partly)


def _filled(use: Composing, visit: Visit, kept: FormDraft | None) -> tuple[Composed, str]:
    """Return the form, and what the page says about how it was filled in."""
    if visit.query.get("draft") and kept is not None:
        return composed(Form(fields_of(kept.fields))), ""
    if store_id := visit.query.get("content", ""):
        store = use.stores.one(visit, store_id, USABLE)
        form = of_store(store)
        whole = store.type is not ContentType.ALERT or says_all(form, json.loads(store.content))
        return form, "" if whole else "This alert says more than the form has fields for. The rest is missing here."
    if like := visit.query.get("like", ""):
        key = visit.key(Permission.ALERTS_READ)
        found = use.incident.show(use.incident.look(key, alert_reference(like)), PeopleShown.ALL, 1, None)
        asked = use.sent_request(found.look)
        return of_incident(found, asked), _LIKE if asked.receivers is not None else _LIKE_MANY
    return Composed(), ""


def _keep_draft(use: Composing, visit: Visit, form: Composed) -> None:
    """Keep what was typed for a day. If it is too big for that, or the store fails, the person goes on without."""
    draft = FormDraft(str(visit.principal.actor), DRAFT, form.fields, visit.now)
    with suppress(RequestTooLarge, StorageUnavailable):
        use.drafts.keep(visit.principal.tenant, draft)


def _keep(
    site: Site, use: Composing, visit: Visit, form: Composed, found: Sequence[Fault], planned: Happens | None
) -> Response:
    """Keep the form as a stored alert, whose name is the title."""
    faults = list(found)
    if not form.title:
        faults.append(Fault("title", "REQUIRED", "Give it a title: the stored alert is found by it."))
    if not faults:
        content = storable(body_of(form))
        element = StoreElement(ContentType.ALERT, "alert", content, form.title, FOR_EVER)
        try:
            id = use.stores.add(visit, element, form.once)
            _discard_draft(use, visit)
            return visit.go(f"content/{id}", said="kept")
        except InvalidRequest as error:
            faults = [Fault("title", fault.code, fault.message) for fault in error.faults]
    return _form(site, use, visit, form, faults, planned, status=422)


def _send(site: Site, use: Composing, visit: Visit, form: Composed, planned: Happens) -> Response:
    """Send or schedule. The form's own `once` makes a second click, Back and Reload send nothing again."""
    use.may_send()
    key, request = use.stores.companies.making(visit), request_of(form)
    if request.schedule is not None:
        kept = use.schedule(key, request, request.schedule, claim_of(form.once, request.text or ""))
        if isinstance(kept, Scheduled):
            _discard_draft(use, visit)
            return visit.go("schedules", said="scheduled")
        result = kept
    else:
        result = use.send(key, request, claim_of(form.once, request.text or ""))
    if result.alert_ref is None:
        reasons = [Fault("", "NOTHING_ACCEPTED", result.failure_reason or "Nothing was sent.")]
        return _form(site, use, visit, form, reasons, planned, status=422)
    _discard_draft(use, visit)
    return visit.go(f"alerts/{result.alert_ref}", said="sent")


def _discard_draft(use: Composing, visit: Visit) -> None:
    with suppress(StorageUnavailable):
        use.drafts.discard(visit.principal.tenant, str(visit.principal.actor), DRAFT)


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
        result = use.send(use.stores.companies.making(visit), request_of(mine), None)
    except InvalidRequest as error:
        return _form(site, use, visit, form, error.faults, None, status=422)
    if result.alert_ref is None:
        why = "Your profile has no address for this: add a phone number there, or tick Email."
        return _form(site, use, visit, form, [Fault("channel", "NOTHING_ACCEPTED", why)], None, status=422)
    _, planned = _planned(use, visit, form)
    return _form(site, use, visit, form, (), planned, tested=result.alert_ref)


def _planned(use: Composing, visit: Visit, form: Composed) -> tuple[Sequence[Fault], Happens | None]:
    try:
        plan = use.plan(use.stores.companies.making(visit), request_of(form))
        return (), replace(happens(plan), heard=heard_by_the_first(form, plan))
    except InvalidRequest as error:
        return on_the_form(error.faults, form), None
    except (RequestTooLarge, Superseded) as error:
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
    draft_at: datetime | None = None,
    partly: str = "",
) -> Response:
    key = visit.key()
    return site.show(
        visit,
        "compose",
        status,
        form=form,
        steps=[*form.steps, Step()][:STEPS],
        **choices(visit, use.stores, form, use.numbers(key.tenant)),
        account_zone=use.account_zone(key.tenant),
        happens=planned,
        faults=faults,
        fault=_by_field(faults),
        fault_pairs=[(fault.pointer, fault.message) for fault in faults],
        tested=tested,
        draft_at=draft_at,
        partly=partly,
    )


def fields_of(fields: Sequence[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Return the fields of a draft as a form has them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in fields:
        found[name].append(value)
    return found


def _by_field(faults: Sequence[Fault]) -> Mapping[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for fault in faults:
        found.setdefault(fault.pointer, fault.message)
    return found


def claim_of(once: str, text: str) -> IdempotencyClaim | None:
    """Return what makes a form send once; None without the form's own random value."""
    return IdempotencyClaim("console-send", once, hashlib.sha256(text.encode()).hexdigest()) if once else None


def _first(numbers: Sequence[str]) -> str:
    return numbers[0] if numbers else ""
