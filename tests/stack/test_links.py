"""Short links through the deployed system: what a phone got is tapped, and the client is told."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from tests.stack.system import System

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Shows where a redirect leads, and does not go there."""

    def redirect_request(self, *_: object) -> None:
        return None


def visit(
    url: str, method: str = "GET", agent: str = IPHONE, form: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], str]:
    opener = urllib.request.build_opener(_StayHere)
    headers = {"User-Agent": agent, "Accept": "text/html,*/*"}
    body = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with opener.open(request, timeout=30) as reply:
            return reply.status, dict(reply.headers), reply.read().decode()
    except urllib.error.HTTPError as reply:
        return reply.code, dict(reply.headers), reply.read().decode()


def press(url: str, page: str) -> tuple[int, Mapping[str, str], str]:
    """Press the button of a page after a moment, as a person does."""
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    time.sleep(1.1)
    return visit(url, "POST", form={"token": token})


def test_everybody_is_called_by_name_and_has_a_link_of_their_own(system: System) -> None:
    # given two contacts
    phones = system.phones(2)
    contacts = [
        {"id": f"c{place}", "sms": phone, "lookups": {"firstname": name}}
        for place, (phone, name) in enumerate(zip(phones, ("Ana", "Bob"), strict=True))
    ]

    # when a call reaches both by name, with a link that leads to the client's page
    element = {
        "alertType": "sms",
        "sender": "Tocsin",
        "contactSets": ["all"],
        "content": "{firstname}: {shortlink}",
        "lookups": {
            "shortlink": {"reference": "gate", "url": "https://client.example/seen?from=sms", "confirm": True},
        },
    }
    ref = system.sent("live", element, contactGroup={"inlineContactGroup": {"contacts": contacts}})
    system.settled("live", ref)

    # then each text is its own
    texts = {message.to: message.text for message in system.received(phones)}
    names, links = zip(*(texts[phone].split(": ") for phone in phones), strict=True)
    assert names == ("Ana", "Bob")
    assert len(set(links)) == 2

    # and the first tap, later than any machine's, shows a page, whose button leads on and counts; a HEAD is not told
    time.sleep(2.1)
    status, headers, page = visit(links[0])
    assert (status, "I have seen this" in page) == (200, True)
    assert visit(links[0], "HEAD")[0] == 200
    status, headers, _ = press(links[0], page)
    assert status == 303
    assert headers["Location"] == (
        f"https://client.example/seen?from=sms&reference=gate&alertid={ref}&contactid=c0&type=sms&tag=e0"
    )
    events = system.events("live", ref, 4)
    clicks = [
        (e["event"], e["contactId"], e["shortlinkReference"], e["evidence"], e["counted"], e.get("reason"))
        for e in events
        if "classification" in e
    ]
    assert sorted(clicks, key=str) == [
        ("shortlinkClick", "c0", "gate", "confirmed", True, None),
        ("shortlinkClick", "c0", "gate", "opened", False, "evidence_too_weak"),
    ]

    # and the first visit of the key that did not count is told
    messages = {"getMessages": True, "messageOptions": {"maximumMessages": 100}}
    info = system.callers["live"].post("/getinfo", {"version": "latest", **messages}).body["info"]
    assert [message["code"] for message in info["messages"]].count("visit_not_counted") == 1


def test_without_a_page_of_the_clients_somebody_is_thanked_and_a_wrong_code_leads_nowhere(system: System) -> None:
    (phone,) = system.phones(1)
    element = {
        "alertType": "sms",
        "sender": "Tocsin",
        "recipients": [phone],
        "content": "{shortlink}",
        "lookups": {"shortlink": {}},
    }
    ref = system.sent("live", element)
    system.settled("live", ref)
    (message,) = system.received([phone])

    _, _, asking = visit(message.text)
    status, headers, page = press(message.text, asking)
    assert (status, "Thank you" in page) == (200, True)
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers
    assert visit(message.text[:-12] + "x" * 12)[0] == 404
