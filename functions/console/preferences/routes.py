"""Notification settings: "My notifications", and for owners and admins those of others."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.preferences.form import patch_of, standing
from console.preferences.sampling import Sampled, Samples, sampled
from console.preferences.words import (
    COMMUNICATION,
    LABELS,
    LABELS_OF_HOW,
    MANY_TEXTS,
    MINE,
    MOMENTS,
    TABS,
    TEXT_STATES,
    THEIRS,
    TITLES,
    TITLES_OF_OTHERS,
    TOPICS,
    SettingsTab,
)
from console.rules.refusals import REFUSALS, differences, faults_of
from console.site import Site
from console.visit import Form, Visit
from console.words import sentence
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import Line
from tocsin.directory.domain.versions import check_match
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, PreconditionFailed, Restoring, TooManyRequests
from tocsin.kernel.domain.ids import TenantId
from tocsin.preferences.application.manage_settings import ME, ManagePreferences, SettingsView
from tocsin.preferences.application.read_lines import ReadLines
from tocsin.preferences.domain.reach import missed_call_reaches
from tocsin.preferences.domain.refusals import LineNotYours, TextsAreOff
from tocsin.suppressions.domain.suppression import SuppressionReason

MINE_PAGE = "me/notifications"
LINES_SHOWN = 100
"""Most lines of the list; a search finds the others."""


@dataclass(frozen=True, slots=True)
class PreferencePages:
    """What these pages need of the core.

    Attributes:
        standing: why mails to some addresses of a tenant do not go out.
        samples: returns what sends samples, by where the console is; None = none can be sent.
        console_url: where people reach the console, as `Call.address_by` reads it.
    """

    manage: ManagePreferences
    lines: ReadLines
    standing: Callable[[TenantId, Channel, Sequence[str]], Mapping[str, SuppressionReason]]
    samples: Callable[[str], Samples] | None = None
    console_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a page shows beside the settings as they stand."""

    typed: Form | None = None
    faults: Sequence[Fault] = ()
    lost: bool = False
    sampled: Sequence[Sampled] = ()


def preference_routes(site: Site, use: PreferencePages) -> Blueprint:
    """Return the routes of notification settings."""
    routes = Blueprint(__name__)

    @site.page(routes, MINE_PAGE, Permission.SELF, posts=True)
    def mine(visit: Visit) -> Response:
        return _settings(site, use, visit, ME, MINE_PAGE)

    @site.page(routes, "users/{user_id}/notifications", Permission.PEOPLE_MANAGE, posts=True, reach=Reach.ALL)
    def of_another(visit: Visit, user_id: str) -> Response:
        return _settings(site, use, visit, user_id, f"users/{user_id}/notifications")

    return routes


def _settings(site: Site, use: PreferencePages, visit: Visit, id: str, page: str) -> Response:
    view = use.manage.get(visit.principal, id)
    tab = _tab(visit, view)
    if visit.call.method == "GET":
        return _page(site, use, visit, view, page, tab, _Shown())
    if visit.form.get("act") == "sample" and use.samples is not None and page == MINE_PAGE:
        return _page(
            site, use, visit, view, page, SettingsTab.HOW, _samples(use.samples(visit.console(use.console_url)), visit)
        )
    form, match = visit.form, f'"{visit.form.get("version")}"'
    try:
        use.manage.change(visit.principal, id, patch_of(tab, form, view), lambda before: check_match(match, before))
    except (*REFUSALS, LineNotYours, TextsAreOff) as error:
        lost = isinstance(error, PreconditionFailed)
        shown = _Shown(typed=form, faults=faults_of(error, LABELS), lost=lost)
        return _page(site, use, visit, use.manage.get(visit.principal, id), page, tab, shown)
    return visit.go(page, tab=tab.value, said="saved")


def _samples(send: Samples, visit: Visit) -> _Shown:
    try:
        return _Shown(sampled=sampled(send, visit.principal, visit.seed))
    except (TooManyRequests, Restoring) as error:
        return _Shown(faults=[Fault("", error.code, sentence(str(error)))])


def _tab(visit: Visit, view: SettingsView) -> SettingsTab:
    """Return the tab of the address or form; who sees no topic of the account has no tab of them."""
    named = visit.form.get("tab") or visit.query.get("tab", "")
    if named in set(SettingsTab) and (view.topics or named != SettingsTab.ACCOUNT):
        return SettingsTab(named)
    return SettingsTab.COMMUNICATION


def _page(
    site: Site, use: PreferencePages, visit: Visit, view: SettingsView, page: str, tab: SettingsTab, shown: _Shown
) -> Response:
    user, form = view.user, standing(view) if shown.typed is None else shown.typed
    is_mine = visit.principal.user is not None and visit.principal.user.id == user.id
    words = MINE if is_mine else THEIRS
    values: dict[str, Any] = {
        "page": page,
        "title": (TITLES if is_mine else TITLES_OF_OTHERS)[tab],
        "tab": tab.value,
        "tabs": [(each.value, word) for each, word in TABS.items() if view.topics or each is not SettingsTab.ACCOUNT],
        "other": "" if is_mine else user.name,
        "form": form,
        "version": form.get("version") if shown.typed is not None and not shown.lost else view.version,
        "faults": FaultsShown(shown.faults),
        "may_try": is_mine and page == MINE_PAGE and use.samples is not None,
        "sampled": shown.sampled,
        "once": secrets.token_hex(16),
    }
    values |= _OF_TAB[tab](use, visit, view, words)
    values["lost"] = differences(_labels(values), standing(view), form) if shown.lost else None
    status = 409 if shown.lost else 422 if shown.faults else 200
    return site.show(visit, "preferences/settings", status, **values)


def _labels(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a tab with their words, to say what others changed."""
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]] = values.get("groups", ())
    switches = [*values.get("switches", ()), *(each for _, those in groups for each in those)]
    return dict(switches) or (LABELS_OF_HOW if values["tab"] == SettingsTab.HOW else {"lines": LABELS["lines"]})


def _communication(use: PreferencePages, visit: Visit, view: SettingsView, words: Mapping[str, str]) -> dict[str, Any]:
    told = [(word.value, sentence.format(**words)) for word, sentence in COMMUNICATION.items()]
    return {"switches": [*told, ("high_sms", MANY_TEXTS)]}


def _appointments(use: PreferencePages, visit: Visit, view: SettingsView, words: Mapping[str, str]) -> dict[str, Any]:
    return {"switches": [(f"at_{word.value}", sentence) for word, sentence in MOMENTS.items()]}


def _lines(use: PreferencePages, visit: Visit, view: SettingsView, words: Mapping[str, str]) -> dict[str, Any]:
    """Return the lines that the person may follow, those that they follow first, and who follows theirs."""
    search, choices = visit.query.get("q", "").strip(), use.lines.choices(view.user, view.settings)
    gone = " (may not be followed any more)"
    named = [(each.line.id, _name(each.line) + ("" if each.may else gone)) for each in choices]
    found = [(id, name) for id, name in named if search.casefold() in name.casefold()]
    return {
        "lines": found[:LINES_SHOWN],
        "more": max(0, len(found) - LINES_SHOWN),
        "search": search,
        "any": bool(named),
        "followers": [(_name(line), [who.name for who in those]) for line, those in use.lines.followers(view.user)],
    }


def _name(line: Line) -> str:
    return f"{line.extension} {line.label}".strip()


def _how(use: PreferencePages, visit: Visit, view: SettingsView, words: Mapping[str, str]) -> dict[str, Any]:
    user, settings = view.user, view.settings
    glyph, word = TEXT_STATES[view.state]
    name = "you" if words is MINE else user.name
    return {
        "reaches": missed_call_reaches(settings, user, view.state, name),
        "email": (user.email, *_mail_state(use, user)),
        "text_state": (glyph, word),
        "backup": user.backup_phone,
        "kept": settings.custom_number if not settings.text_on else None,
        "quiets": [
            ("", "as the account says"),
            ("none", "never: notices come at all hours"),
            ("own", "in hours of their own" if words is THEIRS else "in hours of my own"),
        ],
    }


def _mail_state(use: PreferencePages, user: User) -> tuple[str, str]:
    if user.not_me_at is not None:
        return "bad", "The owner of the mailbox said: this is not me"
    if user.email in use.standing(user.tenant, Channel.EMAIL, [user.email]):
        return "bad", "Mails to this address do not go out"
    return "ok", "Mails go out"


def _account(use: PreferencePages, visit: Visit, view: SettingsView, words: Mapping[str, str]) -> dict[str, Any]:
    groups = [
        (heading, [(word.value, sentence) for word, sentence in topics.items() if word in view.topics])
        for heading, topics in TOPICS.items()
    ]
    return {"groups": [(heading, switches) for heading, switches in groups if switches], "to": view.user.email}


_OF_TAB: Mapping[SettingsTab, Callable[[PreferencePages, Visit, SettingsView, Mapping[str, str]], dict[str, Any]]] = {
    SettingsTab.COMMUNICATION: _communication,
    SettingsTab.APPOINTMENTS: _appointments,
    SettingsTab.LINES: _lines,
    SettingsTab.HOW: _how,
    SettingsTab.ACCOUNT: _account,
}
