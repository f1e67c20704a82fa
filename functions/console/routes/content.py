"""Stored content: texts, mails, lists and whole alerts that are used again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.composing.languages import LANGUAGE_CHOICES, VOICE_CHOICES
from console.composing.prefill import called, of_body
from console.faults import FaultsShown
from console.routes.compose import USABLE
from console.routes.content_form import written
from console.site import Site
from console.stores import FOR_EVER, AccountStores, name_of
from console.visit import Visit
from tocsin.calendar.domain.lifetime import Lifetime
from tocsin.content.domain.sms_text import measure
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest, PreconditionFailed
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.application.replace import content_version
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import SPOKEN, UNUSED_LIFETIME, ContentType, StoredContent
from tocsin.voice.domain.speech import MILLISECONDS, SpeechOptions
from tocsin.voice.domain.voices import DEFAULT_LANGUAGE, Gender

KINDS = {
    ContentType.SMS: "Text message",
    ContentType.EMAIL: "Mail text",
    ContentType.RECIPIENT_LIST: "List of receivers",
    ContentType.ALERT: "Alert",
    ContentType.CONTACT_LIST: "List of contacts",
    ContentType.CONTACT_SET_LIST: "List of sets",
    ContentType.CALL: "Text or recording for calls",
    ContentType.INBOUND_CALL: "Text or recording for people who call",
}
"""The types that these pages show, as people say them. Contact groups have pages of their own."""

WRITTEN = (ContentType.SMS, ContentType.EMAIL, ContentType.CALL, ContentType.RECIPIENT_LIST)
"""Types that are made and replaced on these pages. Alerts are made where alerts are written."""

SHOWN = 20_000
"""Most characters that a page shows of what it does not let people change."""


@dataclass(frozen=True, slots=True)
class ContentPages:
    """What these pages need. `replace`: see `ReplaceContent`."""

    stores: AccountStores
    replace: Callable[[ApiKey, StoreId, str, Any, str | None], StoredContent]


def content_routes(site: Site, use: ContentPages) -> Blueprint:
    """Return the routes of stored content."""
    routes = Blueprint(__name__)

    @site.page(routes, "content", Permission.ALERTS_SEND)
    def contents(visit: Visit) -> Response:
        asked = visit.query.get("kind", "")
        kind = ContentType(asked) if asked in KINDS else None
        kinds = {kind} if kind else set(KINDS)
        mine = [store for store in use.stores.all(visit, kinds) if _listed(store)]
        ours = [_row(store) for store in mine]
        of_companies = use.stores.companies.of(visit, {store.store_id: store.made for store in mine})
        others = [(key, _row(store)) for key, store in use.stores.of_keys(visit, kinds) if _listed(store)]
        values = {"others": others, "of_companies": of_companies, "kinds": KINDS, "kind": kind}
        return site.show(visit, "content/list", 200, stores=ours, **values)

    @site.page(routes, "content/new", Permission.ALERTS_SEND, posts=True)
    def new_content(visit: Visit) -> Response:
        if visit.call.method == "GET":
            asked = visit.query.get("kind", "")
            kind = asked if asked in WRITTEN else ContentType.SMS.value
            return _new(site, use, visit, _typed(visit) | {"kind": kind, "once": secrets.token_hex(16)})
        values = _typed(visit)
        kind = values["kind"]
        if kind not in WRITTEN:
            return _new(site, use, visit, values, [Fault("kind", "REQUIRED", "Say what it is.")])
        lifetime = Lifetime(duration=UNUSED_LIFETIME) if values["lasts"] == "unused" else FOR_EVER
        said = None
        try:
            said = written(visit.form, ContentType(kind), {})
            element = StoreElement(ContentType(kind), "console", said.content, values["name"], lifetime, said.extras)
            return visit.go(f"content/{use.stores.add(visit, element, values['once'])}", said="made")
        except InvalidRequest as error:
            return _new(site, use, visit, values, said.faults(error) if said else error.faults)

    @site.page(routes, "content/{store_id}", Permission.ALERTS_SEND, posts=True)
    def one(visit: Visit, store_id: str) -> Response:
        if visit.call.method == "GET" and (key_id := visit.query.get("key", "")):
            key, store = use.stores.of_key(visit, key_id, store_id, KINDS)
            return _one(site, visit, store, store.content, key=key)
        store = use.stores.one(visit, store_id, KINDS)
        if visit.call.method == "GET" or store.type not in WRITTEN:
            return _one(site, visit, store, store.content)
        return _replace(site, use, visit, store)

    return routes


def _replace(site: Site, use: ContentPages, visit: Visit, store: StoredContent) -> Response:
    """Replace what a store holds."""
    typed, version = visit.form.text("content"), visit.form.get("version") or None
    said = None
    try:
        said = written(visit.form, store.type, store.extras)
        content, extras = use.stores.judged(store.type, said.content, said.extras)
        if version not in (None, content_version(store)):
            raise PreconditionFailed
        use.stores.changed(visit, store, "updated")
        use.replace(visit.key(), store.store_id, content, extras, version)
    except InvalidRequest as error:
        faults = said.faults(error) if said else error.faults
        return _one(site, visit, store, typed, faults=FaultsShown(faults), status=422)
    except PreconditionFailed:
        why = "Another person has changed this meanwhile. Below is what you typed; Save again to keep it so."
        stale = FaultsShown([Fault("", "PRECONDITION_FAILED", why)])
        return _one(site, visit, store, typed, faults=stale, status=412)
    return visit.go(f"content/{store.store_id}", said="saved")


def _typed(visit: Visit) -> dict[str, str]:
    """Return what was typed of a new content."""
    form = visit.form
    return {
        "kind": form.get("kind"),
        "name": form.get("name"),
        "content": form.text("content"),
        "language": form.get("language", DEFAULT_LANGUAGE),
        "gender": form.get("gender", Gender.FEMALE),
        "lasts": form.get("lasts", "ever"),
        "once": form.get("once"),
    }


def _listed(store: StoredContent) -> bool:
    """Whether a list shows it. Alerts without a name belong to schedules and triggers, which have pages."""
    return store.type is not ContentType.ALERT or store.name is not None


def _row(store: StoredContent) -> dict[str, Any]:
    return {
        "id": store.store_id,
        "name": name_of(store),
        "kind": KINDS[store.type],
        "made": store.created_at,
        "expires": store.expires_at,
        "usable": store.type in USABLE,
    }


def _new(site: Site, use: ContentPages, visit: Visit, values: dict[str, str], faults: Any = ()) -> Response:
    choices = [(kind.value, KINDS[kind]) for kind in WRITTEN]
    return site.show(
        visit,
        "content/new",
        422 if faults else 200,
        **values,
        choices=choices,
        languages=LANGUAGE_CHOICES,
        voices=VOICE_CHOICES,
        faults=FaultsShown(faults),
        company=visit.form.get("company"),
        companies=use.stores.companies.choices(visit),
    )


def _one(
    site: Site,
    visit: Visit,
    store: StoredContent,
    content: str,
    *,
    key: ApiKey | None = None,
    faults: FaultsShown | None = None,
    status: int = 200,
) -> Response:
    writable = key is None and store.type in WRITTEN
    alert = of_body(json.loads(store.content)) if store.type is ContentType.ALERT else None
    spoken = SpeechOptions.of_store(store.extras) if store.type in SPOKEN else None
    recorded = spoken is not None and spoken.form is not None
    return site.show(
        visit,
        "content/one",
        status,
        store=store,
        name=called(store, name_of(store)),
        kind="Recording for calls" if recorded else KINDS[store.type],
        key=key,
        once=secrets.token_hex(16),
        writable=writable,
        usable=key is None and store.type in USABLE,
        content=content if writable else content[:SHOWN],
        cut=not writable and len(content) > SHOWN,
        spoken=spoken,
        sound=_sound(store) if recorded else "",
        seconds=store.extras.get(MILLISECONDS, 0) / 1_000,
        languages=LANGUAGE_CHOICES,
        voices=VOICE_CHOICES,
        alert=alert,
        length=measure(content) if store.type is ContentType.SMS else None,
        version=content_version(store),
        faults=faults or FaultsShown(),
    )


def _sound(store: StoredContent) -> str:
    """Return a recording as an address that a player takes.

    The gateway gives a browser text only, so the recording is in the page and not at an address of its own. Browsers
    play the µ-law WAV in which recordings are kept.
    """
    kind = {"mp3": "audio/mpeg"}.get(store.extras["voiceFormat"], f"audio/{store.extras['voiceFormat']}")
    return f"data:{kind};base64,{store.content}"
