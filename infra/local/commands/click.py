"""`make click TO=+44…`: open the last short link of a receiver, and press the button of its page, as a person does."""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy

from infra.local.api import Api
from infra.local.captured import texts
from infra.local.commands.arrival import await_newest_alert
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.outside.mail_folder import MailFolder
from infra.local.places import Places, chosen_home

READING = 2.5
"""Seconds before a link is opened and before its button is pressed; sooner, both look like a machine's."""

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)

LINK = re.compile(r'https?://[^\s"<>]+/l/[0-9A-Za-z]{12}')
"""A short link in a text or a mail."""

_TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser gets: the status, where it is sent on to ("" = nowhere), and the page."""

    status: int
    location: str
    page: str


Ask = Callable[[str, Mapping[str, str] | None], Shown]
"""Fetches a URL; with fields, submits them as a form."""


def last_link(bodies: Sequence[str], to: str) -> str:
    """Return the last link in the messages of a receiver, oldest first. Raises Complaint if there is none."""
    found = [link for body in bodies for link in LINK.findall(body)]
    if not found:
        raise Complaint(f"{to} got no message with a short link")
    return str(found[-1])


def click(link: str, ask: Ask, wait: Callable[[float], None] = time.sleep) -> str:
    """Open a link and press its button, a second time if the page comes once more. Return what happened in words.

    Raises:
        Complaint: the link is unknown or expired, or its page cannot be shown.
    """
    wait(READING)
    shown = ask(link, None)
    presses = 0
    while (found := _TOKEN.search(shown.page)) and presses < 2:
        wait(READING)
        shown = ask(link, {"token": html.unescape(found[1])})
        presses += 1
    if shown.status not in (200, 302, 303) or _TOKEN.search(shown.page):
        raise Complaint(f"{link} answered {shown.status}")
    did = "pressed the button" if presses else "opened the link, which has no page with a button"
    return f"{did}, and was {'sent on to ' + shown.location if shown.location else 'thanked'}"


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Tells where a redirect leads, and does not go there."""

    def redirect_request(self, *_: object) -> None:
        return None


def browse(url: str, form: Mapping[str, str] | None) -> Shown:
    """Fetch a URL, or submit a form, as a phone does."""
    body = None if form is None else urllib.parse.urlencode(form).encode()
    headers = {"User-Agent": PHONE, "Accept": "text/html", "Accept-Language": "en-GB", "Sec-Fetch-Mode": "navigate"}
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.build_opener(_StayHere).open(request, timeout=30) as reply:
            return Shown(reply.status, "", reply.read().decode())
    except urllib.error.HTTPError as reply:
        return Shown(reply.code, reply.headers.get("Location", ""), reply.read().decode())
    except OSError as error:
        raise Complaint(f"{url} cannot be opened: {error}") from error


def _words_in(mail: bytes) -> Iterator[str]:
    for part in message_from_bytes(mail, policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()


def _bodies(places: Places, to: str) -> Sequence[str]:
    found = noted(places)
    await_newest_alert(Api(found["api"], found["apiKey"]))
    if "@" in to:
        mail = MailFolder(places.mail).newest(to)
        return list(_words_in(mail)) if mail else []
    return [text.text for text in texts(found["engine"]) if text.to == to]


def main(words: Sequence[str] | None = None) -> int:
    """Click as the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="make click", description="TO=+44…")
    arguments.add_argument("to", help="who clicks: a number with its +, or a mailbox")
    to = arguments.parse_args(words).to.strip()
    try:
        if not to:
            raise Complaint("give a receiver: make click TO=+447700900101")
        link = last_link(_bodies(Places(chosen_home()), to), to)
        print(f"{to} opens {link}")
        print(f"{to} {click(link, browse)}")
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
