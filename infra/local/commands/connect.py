"""`make connect TYPE=GMAIL`: connect a mailbox of simulated Google or Microsoft, as a person would click through it.

Begins by the API as the demo tenant's owner, consents on the provider's page, signs in to the console and confirms.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from infra.local.commands.people import as_person, taken
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.places import Places, chosen_home

TYPES = {"GMAIL": "Google", "MS365": "Microsoft"}


@dataclass
class Clicker:
    """A browser without scripts: keeps cookies, follows redirects, presses the button of a page's form."""

    at: str = ""
    page: str = ""
    _opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    )

    def open(self, address: str, form: dict[str, str] | None = None) -> None:
        """Go to an address, or send a form there. Raises Complaint if the page says no."""
        body = None if form is None else urlencode(form).encode()
        try:
            with self._opener.open(urllib.request.Request(address, body), timeout=30) as answer:
                self.at, self.page = answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            raise Complaint(
                f"{error.code} at {address.partition('?')[0]}: {words_of(error.read().decode())}"
            ) from error

    def press(self, action: str = "", **typed: str) -> None:
        """Fill in the form that leads to `action`, or the first one, and send it."""
        for tag, inside in re.findall(r"(<form\b[^>]*>)(.*?)</form>", self.page, re.DOTALL):
            target = urljoin(self.at, _attribute(tag, "action"))
            if not target.endswith(action):
                continue
            inputs = re.findall(r"<input\b[^>]*>", inside)
            hidden = {_attribute(each, "name"): _attribute(each, "value") for each in inputs if 'name="' in each}
            self.open(target, hidden | typed)
            return
        raise Complaint(f"the page {self.at.partition('?')[0]} has no such form")


def words_of(page: str) -> str:
    """Return what a page says, in one line."""
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0] or page
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def connected(found: dict[str, Any], type: str, mailbox: str) -> dict[str, Any]:
    """Click through; return the mail settings afterwards. Raises Complaint."""
    owner = next(user for user in found["users"] if user["role"] == "account_owner")
    api = as_person(found, "account_owner")
    begun = taken(api.post("/tenant/notification/connect", {"type": type}), "begin to connect a mailbox")
    print(f"{owner['email']} begins by the API and opens the page of {TYPES[type]}")
    browser = Clicker()
    browser.open(begun["authorization_url"])
    browser.press(mailbox=mailbox)
    print(f"{mailbox} allows it, and the browser comes back: {words_of(browser.page)}")
    link = re.search(r'href="([^"]*mail/connect/[^"]+)"', browser.page)
    if link is None:
        raise Complaint("the page has no link to the console")
    browser.open(urljoin(browser.at, html.unescape(link[1])))
    browser.press("/console/signin", email=owner["email"], password=owner["password"])
    print(f"{owner['email']} signs in: {words_of(browser.page)}")
    browser.press(urlsplit(browser.at).path)
    print(f"and confirms: {words_of(browser.page)}")
    settings: dict[str, Any] = taken(api.get("/tenant/notification"), "read the mail settings")
    return settings


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def main(words: Sequence[str]) -> int:
    """Connect as the command line says. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="connect", description=__doc__.split("\n")[0])
    parser.add_argument("--type", default="GMAIL")
    parser.add_argument("--mailbox", default="desk@northwater.example")
    chosen = parser.parse_args(words)
    try:
        if chosen.type not in TYPES:
            raise Complaint(f"TYPE is one of {', '.join(TYPES)}")
        after = connected(noted(Places(chosen_home())), chosen.type, chosen.mailbox)
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    state = {name: after[name] for name in ("type", "username", "connected")}
    print(f"\nGET /tenant/notification\n  {state}")
    return 0 if after["connected"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
