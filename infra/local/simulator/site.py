"""The simulator's pages and forms, without a socket: a request comes in, a response comes out."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.local.complaint import Complaint
from infra.local.outside.outcomes import BOUNCE, COMPLAINT
from infra.local.outside.phones import PhoneState
from infra.local.places import ROOT
from infra.local.simulator.checklist import Checklist
from infra.local.simulator.guard import Guard, Request
from infra.local.simulator.pages import ASSETS, View, page, people, refused
from infra.local.simulator.people import Card, Deed, DeedKind, Owner, arrange
from infra.local.simulator.recent import Recent
from infra.local.simulator.responses import Response
from infra.local.simulator.telephones import Telephones
from infra.local.simulator.world import World

LONGEST_ANSWER = 1600
"""Most characters of an answer."""

MOST_CARDS = 100
"""Most cards of a page; the page counts the others."""

DEEDS = 20
"""So many deeds of a phone, mailbox or browser are kept."""

AWAY = "I am out of the office."

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types tocsin"
)

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every response."""

SHARED = ROOT / "functions" / "console" / "assets"

TOKENS = ROOT / "layers" / "core" / "tocsin" / "entrypoint" / "http" / "tokens.css"

FILES: Mapping[str, tuple[Sequence[Path], str]] = {
    "/tocsin.css": ([TOKENS, SHARED / "tocsin.css"], "text/css"),
    "/icon.svg": ([SHARED / "icon.svg"], "image/svg+xml"),
    "/simulator.css": ([ASSETS / "simulator.css"], "text/css"),
    "/simulator.js": ([ASSETS / "simulator.js"], "text/javascript"),
}
"""Parts and type of the page's files."""


class Site:
    """One simulator. Safe for several threads.

    Args:
        names: first names by address, in lower case.
        console: URL of the console, None if there is none.
        telephones: the phones that ring, None if there are none.
    """

    def __init__(
        self,
        world: World,
        guard: Guard,
        names: Mapping[str, str],
        console: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        telephones: Telephones | None = None,
    ) -> None:
        self._world = world
        self._guard = guard
        self._names = names
        self._console = console
        self._now = now
        self._telephones = telephones
        self._checklist = Checklist(Recent(world.alerts, ()))
        self._waiting: Recent[int | None] = Recent(world.events_waiting, None)
        self._read = {message.id for message in world.messages()}
        self._deeds: dict[Owner, deque[Deed]] = defaultdict(lambda: deque(maxlen=DEEDS))
        self._forms: Mapping[str, Callable[[Card, Mapping[str, str]], tuple[DeedKind, str]]] = {
            "/answer": self._answer,
            "/mail": self._report,
            "/link": self._follow,
            "/phone": self._set_phone,
            "/read": lambda card, form: (DeedKind.DONE, ""),
        }

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        if refusal := self._guard.refusal(request):
            return Response(403, refused(refusal), {"Content-Type": "text/html; charset=utf-8"})
        if self._telephones is not None and request.path.split("/")[1] == "phones":
            theme = _theme(request.headers.get("cookie", ""))
            return self._telephones.respond(request, self._guard.token, theme, self._console)
        if request.path in self._forms:
            if request.method != "POST":
                return Response(405, headers={"Allow": "POST"})
            return self._submitted(request)
        if request.path not in ("/", "/people", *FILES):
            return Response(404, refused("There is no such page."), {"Content-Type": "text/html; charset=utf-8"})
        if request.method not in ("GET", "HEAD"):
            return Response(405, headers={"Allow": "GET, HEAD"})
        if request.path in FILES:
            parts, type = FILES[request.path]
            body = b"".join(part.read_bytes() for part in parts)
            return Response(200, body, {"Content-Type": f"{type}; charset=utf-8"})
        view = self._view(request)
        body = people(view) if request.path == "/people" else page(view)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(304, headers={"ETag": tag})
        return Response(200, body, {"Content-Type": "text/html; charset=utf-8", "ETag": tag})

    def _view(self, request: Request) -> View:
        cards = self._cards()
        filtered = request.query.get("show") == "unread"
        kept = request.query.get("kept")  # something was done there a moment ago
        shown = [card for card in cards if card.unread or not filtered or card.id == kept]
        return View(
            cards=shown[:MOST_CARDS],
            hidden=max(0, len(shown) - MOST_CARDS),
            all=len(cards),
            unread=sum(card.unread > 0 for card in cards),
            filtered=filtered,
            phones={card.address: self._world.phone(card.address) for card in shown if card.is_phone},
            checklist=self._checklist.done(),
            waiting=self._waiting.value(),
            console=self._console,
            telephones=self._telephones is not None,
            token=self._guard.token,
            theme=_theme(request.headers.get("cookie", "")),
            today=self._now().astimezone().date(),
        )

    def _cards(self) -> list[Card]:
        return arrange(self._world.messages(), self._read, self._deeds, self._names, self._world.link_base)

    def _submitted(self, request: Request) -> Response:
        """Do what a form says and lead back to the page, at the card that it was about."""
        form = request.form
        owner = (form.get("channel", ""), form.get("to", ""))
        card = next((card for card in self._cards() if card.owner == owner), None)
        if card is None:
            return Response(404, refused("It is not on this page any more."), {"Content-Type": "text/html"})
        try:
            kind, words = self._forms[request.path](card, form)
        except Complaint as complaint:
            kind, words = DeedKind.REFUSED, str(complaint)
        if words:
            self._deeds[owner].append(Deed(self._now(), kind, words))
        if kind != DeedKind.REFUSED and request.path != "/phone":
            self._mark_read(owner, form.get("upto", ""))
        back = f"./?show=unread&kept={card.id}" if form.get("show") == "unread" else "./"
        return Response(303, headers={"Location": f"{back}#{card.id}"})

    def _mark_read(self, owner: Owner, last: str) -> None:
        """Mark messages as read, up to the last one that the page showed. Later ones stay unread."""
        ids = [message.id for message in self._world.messages() if (message.channel, message.to) == owner]
        if last in ids:
            self._read.update(ids[: ids.index(last) + 1])

    def _answer(self, card: Card, form: Mapping[str, str]) -> tuple[DeedKind, str]:
        if card.is_browser:
            raise Complaint("A push takes no answers.")
        words = form.get("words", "").strip()
        if not words:
            raise Complaint("An answer needs a text.")
        if len(words) > LONGEST_ANSWER:
            raise Complaint(f"An answer has at most {LONGEST_ANSWER} characters. This one has {len(words)}.")
        if card.is_phone and self._world.phone(card.address) == PhoneState.OFF:
            raise Complaint("The phone is off.")
        if card.is_phone:
            self._world.text_back(card.address, words)
        else:
            self._world.mail_back(card.address, words)
        return DeedKind.SAID, words

    def _report(self, card: Card, form: Mapping[str, str]) -> tuple[DeedKind, str]:
        if card.is_phone or card.is_browser:
            raise Complaint("This is no mailbox.")
        match form.get("event"):
            case "away":
                self._world.mail_back(card.address, AWAY, automatic=True)
                return DeedKind.SAID, f"{AWAY} (automatic)"
            case "bounce":
                self._world.report_mail(card.address, BOUNCE)
                return DeedKind.DONE, "The last mail bounced: the mailbox does not exist."
            case "complaint":
                self._world.report_mail(card.address, COMPLAINT)
                return DeedKind.DONE, "The last mail was marked as spam."
        raise Complaint("A mailbox cannot do that.")

    def _follow(self, card: Card, form: Mapping[str, str]) -> tuple[DeedKind, str]:
        link = form.get("link", "")
        if link not in card.links:
            raise Complaint("This link is in no message that is shown.")
        words = self._world.follow(link)
        return DeedKind.DONE, words[0].upper() + words[1:] + "."

    def _set_phone(self, card: Card, form: Mapping[str, str]) -> tuple[DeedKind, str]:
        if not card.is_phone:
            raise Complaint("This is no phone.")
        try:
            state = PhoneState(form.get("state", ""))
        except ValueError:
            raise Complaint("A phone cannot do that.") from None
        self._world.set_phone(card.address, state)
        return DeedKind.DONE, ""


def _theme(cookies: str) -> str:
    """Return the scheme that the console's cookie chooses, "" for the system's."""
    pairs = (pair.strip().partition("=") for pair in cookies.split(";"))
    return next((value for name, _, value in pairs if name == "theme" and value in ("light", "dark")), "")
