"""`make click`: which link is opened, and that its button is pressed as a person would."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from infra.local.commands.click import READING, Shown, click, last_link
from infra.local.complaint import Complaint
from tests.functional.links.site import Site
from tests.unit.short_links.test_click import PEOPLE

LINK = "http://localhost:4566/live/l/abcdefABCDEF"


def test_the_last_link_of_the_receiver_is_opened() -> None:
    bodies = ["no link", f"Seen it? {LINK}. And https://x.test/l/short", f'<a href="{LINK[:-1]}9">']
    assert last_link(bodies[:2], "x") == LINK
    assert last_link(bodies, "x") == LINK[:-1] + "9"
    with pytest.raises(Complaint, match="no message with a short link"):
        last_link(bodies[:1], "x")


@pytest.mark.parametrize(
    ("site", "said"),
    [
        (Site(), "pressed the button, and was thanked"),
        (Site("https://x.test/go", confirm=True), "pressed the button, and was sent on to https://x.test/go?"),
        (Site("https://x.test/go"), "opened the link, which has no page with a button, and was sent on to https://x.t"),
    ],
)
def test_the_button_is_pressed_as_the_function_serves_it(site: Site, said: str) -> None:
    def ask(url: str, form: Mapping[str, str] | None) -> Shown:
        answer = site.visit() if form is None else site.post(form["token"], agent=PEOPLE[0][0])
        return Shown(answer.status, answer.headers.get("Location", ""), answer.text)

    waited: list[float] = []
    assert click(LINK, ask, waited.append).startswith(said)
    assert set(waited) == {READING}


def test_an_unknown_link_is_told() -> None:
    with pytest.raises(Complaint, match="answered 404"):
        click(LINK, lambda url, form: Shown(404, "", "This link leads nowhere"), lambda _: None)
