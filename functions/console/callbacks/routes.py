"""Callbacks: the endpoints of all keys, one endpoint with its deliveries, one delivery, a new endpoint."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.callbacks.deliveries import all_again, one_of, page_of
from console.callbacks.words import (
    SHOWN,
    body_of,
    headers_of,
    host,
    is_default,
    place,
    shown_attempts,
    shown_delivery,
    shown_endpoint,
)
from console.drafting import Drafting, SentOnce
from console.entries import Record
from console.faults import FaultsShown
from console.site import Site
from console.stores import KEYS_LISTED
from console.visit import Form, Visit, whole
from console.words import counted
from tocsin.audit.domain.entry import Thing
from tocsin.client_api.application.set_info import InfoChange, SetInfo
from tocsin.egress.domain.callback_url import url_faults
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, NotFound, TooManyRequests
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.webhooks.application.manage import CallbackChange, CallbackChanged, ManageCallbacks
from tocsin.webhooks.application.read_callbacks import ReadCallbacks
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.endpoint import Endpoint
from tocsin.webhooks.ports.callbacks import WebhookDeliveries

_NEW = "callbacks/new"
_ENDPOINT = re.compile(r"[0-9a-f]{64}")
_PROVED = ("rotate", "enable", "disable", "default", "collect")
"""Acts that ask for a fresh proof: each changes who can read results, or whether anybody gets them."""


@dataclass(frozen=True, slots=True)
class CallbackPages:
    """What these pages need of the core: the use cases of `/getinfo` and `/setinfo`, and single deliveries."""

    keys: ApiKeyRepository
    read: ReadCallbacks
    manage: ManageCallbacks
    set_info: SetInfo
    deliveries: WebhookDeliveries
    once: SentOnce
    drafting: Drafting
    record: Record


def callback_routes(site: Site, use: CallbackPages) -> Blueprint:
    """Return the routes of callbacks."""
    routes = Blueprint(__name__)

    @site.page(routes, "callbacks", Permission.KEYS, reach=Reach.ALL)
    def callbacks(visit: Visit) -> Response:
        keys = list(use.keys.list(visit.principal.tenant))[:KEYS_LISTED]
        found = [(key, use.read(key, None, visit.now).endpoints) for key in keys]
        rows = [shown_endpoint(key, endpoint) for key, endpoints in found for endpoint in endpoints]
        unused = [
            (key.name, place(key.callback_url))
            for key, endpoints in found
            if key.callback_url and key.callback_url not in {endpoint.url for endpoint in endpoints}
        ]
        return site.show(visit, "callbacks/list", rows=rows, unused=unused, keys=len(keys))

    @site.page(routes, _NEW, Permission.KEYS, posts=True, reach=Reach.ALL)
    def new_callback(visit: Visit) -> Response:
        if (proof := use.drafting.to_proof(visit, _NEW)) is not None:
            return proof
        if visit.call.method == "POST":
            return _make(site, use, visit)
        return _form(site, use, visit, use.drafting.take(visit, _NEW))

    @site.page(routes, "callbacks/{key_id}/{endpoint_id}", Permission.KEYS, posts=True, reach=Reach.ALL)
    def endpoint(visit: Visit, key_id: str, endpoint_id: str) -> Response:
        key, found = _found(use, visit, key_id, endpoint_id)
        if visit.call.method == "GET":
            return _endpoint(site, use, visit, key, found)
        if visit.form.get("act") in _PROVED and not visit.session.is_proved(visit.now):
            return visit.go("prove", next=_path(found))
        return _act(site, use, visit, key, found)

    @site.page(routes, "callbacks/{key_id}/{endpoint_id}/{event_id}", Permission.KEYS, posts=True, reach=Reach.ALL)
    def delivery(visit: Visit, key_id: str, endpoint_id: str, event_id: str) -> Response:
        key, found = _found(use, visit, key_id, endpoint_id)
        one = one_of(use.deliveries, found, event_id, visit.now)
        if visit.call.method == "POST":
            _recorded(use, visit, found.key, found.url, "redelivered", {"event": event_id})
            use.manage(key, CallbackChange(replay_event=event_id))
            return visit.go(f"{_path(found)}/{event_id}", said="again")
        return site.show(
            visit,
            "callbacks/delivery",
            it=shown_delivery(one),
            endpoint=shown_endpoint(key, found),
            attempts=shown_attempts(one, use.deliveries.answers(one.key, visit.now)),
            headers=headers_of(one),
            body=body_of(one) if visit.may(Permission.ALERTS_READ, Reach.ALL) else "",
            expires=one.expires_at,
        )

    return routes


def _make(site: Site, use: CallbackPages, visit: Visit) -> Response:
    """Make an endpoint and show its secret. A second click shows the secret of the first."""
    form = visit.form
    key, url = _key(use, visit, form.get("key")), form.get("url")
    if key is None or not key.enabled:
        return _form(site, use, visit, form, [Fault("key", "REQUIRED", "Choose a key.")])
    if faults := _url_faults(use, url):
        return _form(site, use, visit, form, [Fault("url", each.code, each.message) for each in faults])
    known = any(endpoint.url == url for endpoint in use.read(key, None, visit.now).endpoints)
    repeated = use.once.was_sent(visit)
    if known and not repeated:
        return _form(site, use, visit, form, [Fault("url", "ALREADY_EXISTS", "The key has this address already.")])
    if not repeated:
        _recorded(use, visit, EndpointKey.of(key.tenant, key.id, url), url, "created", {"key": key.name})
    changed = use.manage(key, CallbackChange(url=url, rotate=True), _seed(visit))
    if form.ticked("default"):
        use.set_info(key, InfoChange(notification=NotificationMode.CALLBACK, callback_url=url))
    return _secret(site, visit, key, changed)


def _act(site: Site, use: CallbackPages, visit: Visit, key: ApiKey, endpoint: Endpoint) -> Response:
    act, id, to = visit.form.get("act"), endpoint.key.hash, _path(endpoint)

    def record(how: str, **after: Any) -> None:
        _recorded(use, visit, endpoint.key, endpoint.url, how, after)

    if act in ("test", "rotate") and (faults := _url_faults(use, endpoint.url)):
        return _endpoint(site, use, visit, key, endpoint, faults)
    match act:
        case "enable" | "disable":
            on = act == "enable"
            if endpoint.disabled is on:
                record(f"{act}d", enabled=on)
                use.manage(key, CallbackChange(endpoint=id, enabled=on))
            return visit.go(to, said="callback-on" if on else "callback-off")
        case "default" | "collect":
            chosen = act == "default"
            if is_default(key, endpoint.url) is not chosen:
                record("chosen" if chosen else "left", key=key.name)
                mode = NotificationMode.CALLBACK if chosen else NotificationMode.POLL
                use.set_info(key, InfoChange(notification=mode, callback_url=endpoint.url if chosen else None))
            return visit.go(to, said="saved")
        case "again":
            if use.once.was_sent(visit):
                return visit.go(to, said="repeated")
            record("redelivered")
            return visit.go(to, again=str(all_again(use.manage, key, endpoint)))
        case "test":
            return _test(site, use, visit, key, endpoint)
        case "rotate":
            if not use.once.was_sent(visit):
                record("rotated")
            return _secret(site, visit, key, use.manage(key, CallbackChange(endpoint=id, rotate=True), _seed(visit)))
    return visit.go(to)


def _test(site: Site, use: CallbackPages, visit: Visit, key: ApiKey, endpoint: Endpoint) -> Response:
    """Send a test event, and show its delivery. A second click finds the event of the first."""
    try:
        changed = use.manage(key, CallbackChange(endpoint=endpoint.key.hash, test=True), _seed(visit))
    except TooManyRequests as error:
        sentence = f"Ten tests a minute are sent for a key. Try again in {counted(error.retry_after, 'second')}."
        return _endpoint(site, use, visit, key, endpoint, [Fault("", error.code, sentence)], 429)
    return visit.go(f"{_path(endpoint)}/{changed.test_event}", said="tested")


def _endpoint(
    site: Site,
    use: CallbackPages,
    visit: Visit,
    key: ApiKey,
    endpoint: Endpoint,
    faults: Sequence[Fault] = (),
    status: int = 422,
) -> Response:
    asked = visit.query.get("show", "")
    show = asked if asked in SHOWN else ""
    rows, following = page_of(use.read, key, endpoint, show, visit.query.get("cursor") or None, visit.now)
    return site.show(
        visit,
        "callbacks/endpoint",
        status if faults else 200,
        it=shown_endpoint(key, endpoint),
        rows=[shown_delivery(each) for each in rows],
        next=following,
        show=show,
        tabs=[(name, word) for name, (word, _) in SHOWN.items()],
        again=whole(visit.query.get("again", "")),
        may_read=visit.may(Permission.ALERTS_READ, Reach.ALL),
        once=secrets.token_hex(16),
        faults=FaultsShown(faults),
    )


def _form(site: Site, use: CallbackPages, visit: Visit, form: Form, faults: Sequence[Fault] = ()) -> Response:
    keys = [(key.id, key.name) for key in use.keys.list(visit.principal.tenant) if key.enabled]
    return site.show(
        visit,
        "callbacks/new",
        422 if faults else 200,
        form=form,
        fresh=not form.values,
        once=secrets.token_hex(16),
        keys=sorted(keys, key=lambda row: row[1].casefold()),
        faults=FaultsShown(faults),
    )


def _secret(site: Site, visit: Visit, key: ApiKey, changed: CallbackChanged) -> Response:
    assert changed.endpoint is not None
    return site.show(visit, "callbacks/secret", it=shown_endpoint(key, changed.endpoint), secret=changed.secret)


def _recorded(
    use: CallbackPages, visit: Visit, endpoint: EndpointKey, url: str, how: str, after: dict[str, Any]
) -> None:
    use.record(visit, f"callback.{how}", Thing("callback", endpoint.hash, host(url)), after)


def _url_faults(use: CallbackPages, url: str) -> list[Fault]:
    """Return why a URL may not be called back, as faults of the form as a whole."""
    return [Fault("", each.code, f"The address {each.message}.") for each in url_faults(url, "", use.set_info.egress)]


def _found(use: CallbackPages, visit: Visit, key_id: str, endpoint_id: str) -> tuple[ApiKey, Endpoint]:
    key = _key(use, visit, key_id)
    if key is not None and _ENDPOINT.fullmatch(endpoint_id):
        for endpoint in use.read(key, None, visit.now).endpoints:
            if endpoint.key.hash == endpoint_id:
                return key, endpoint
    raise NotFound("callback endpoint")


def _key(use: CallbackPages, visit: Visit, key_id: str) -> ApiKey | None:
    if key_id == ACCOUNT_KEY or not re.fullmatch(r"[0-9a-z]{1,24}", key_id):
        return None
    return use.keys.get(visit.principal.tenant, ApiKeyId(key_id))


def _path(endpoint: Endpoint) -> str:
    return f"callbacks/{endpoint.key.key_id}/{endpoint.key.hash}"


def _seed(visit: Visit) -> bytes:
    """Return what is the same for every repeat of a form."""
    return f"{visit.principal.actor}|{visit.form.get('once')}".encode()
