"""AL-38 and AL-40: an alert rule as a page, an MHTML file, a diagram, and JSON that can be posted again."""

from __future__ import annotations

from email import message_from_string
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import World
from tests.functional.settings_api.rules_world import HOOK, MAIL, TEXT, Rules

FORMATS = ("html", "mht", "svg", "json")
TRIGGERS = [
    {"description": "Hall", "filters": {"lines": ["2001"], "statuses": ["busy"], "duration": {"min": 3}}},
    {"filters": {"time_of_day": [{"from": "22:00", "to": "06:00", "days": ["mon"]}], "tags": ["vip"]}},
]
BASIC = HOOK | {
    "url": "https://hooks.example.com/two",
    "headers": [
        {"preset": "basic", "username": "desk", "password": "canary-password"},
        {"preset": "custom", "name": "X-Two", "value": "canary-value"},
    ],
}
HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]></title><script>alert(1)</script>",
    "</svg><svg onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "{{ 7 * 7 }}{% raw %}", "&#60;script&#62;",
    "--><script>alert(1)</script>", "<foreignObject><body onload=alert(1)>",
)  # fmt: skip


@pytest.fixture
def rules(world: World) -> Rules:
    return Rules(world)


def export(world: World, id: str, format: str) -> Answer:
    answer = world.gateway.get(f"/alert_rules/{id}/export", None, format=format)
    assert answer.status == 200, answer.text
    return answer


class Elements(HTMLParser):
    """Collects what a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def parts(text: str) -> tuple[Any, str, str]:
    """Return the whole of an MHTML file, its page and its picture."""
    whole: Any = message_from_string(text, policy=SMTP)
    page, picture = whole.iter_parts()
    return whole, page.get_content().replace("\r\n", "\n"), picture.get_content().decode()


def test_al_38_an_mht_file_is_multipart_related_and_has_every_setting_and_the_diagram(
    world: World, rules: Rules
) -> None:
    made = rules.made(name="Störung Ébène", triggers=TRIGGERS, notifications=[MAIL, TEXT], description="Hall\nand desk")

    answer = export(world, made["id"], "mht")

    assert answer.headers["Content-Type"].startswith('multipart/related; type="text/html"')
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.endswith("filename*=UTF-8''St%C3%B6rung%20%C3%89b%C3%A8ne.mht")
    whole, page, picture = parts(answer.text)
    assert (whole.get_content_type(), whole["Subject"]) == ("multipart/related", "Störung Ébène")
    assert [part.get_content_type() for part in whole.iter_parts()] == ["text/html", "image/svg+xml"]
    cid = list(whole.iter_parts())[1]["Content-ID"].strip("<>")
    assert ("src", f"cid:{cid}") in Elements(page).attributes
    words = Elements(page).words
    for setting in (
        "Hall\nand desk", "2001 Hall", "busy", "at least 3 s", "22:00-06:00 mon", "vip", "Account_Owner-Acme",
        MAIL["to"], MAIL["subject"], *TEXT["to"],
    ):  # fmt: skip
        assert setting in words, setting
    assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"


def test_al_40_the_diagram_leads_from_triggers_over_the_rule_to_notifications(world: World, rules: Rules) -> None:
    off = MAIL | {"enabled": False}
    made = rules.made(name="x" * 80, triggers=TRIGGERS, notifications=[MAIL, off, HOOK])

    answer = export(world, made["id"], "svg")

    assert answer.headers["Content-Type"] == "image/svg+xml"
    svg = ElementTree.fromstring(answer.text)
    space = {"": "http://www.w3.org/2000/svg"}
    boxes = [group.find("title", space).text for group in svg.findall("g", space)]  # type: ignore[union-attr]
    assert [str(title).splitlines()[0] for title in boxes] == [
        "Hall", "Trigger 2", "x" * 80, "Mail", "Mail", "Webhook",
    ]  # fmt: skip
    assert len(svg.findall("path", space)) == 5, "an arrow for each trigger and notification"
    assert len(svg.findall("path[@stroke-dasharray]", space)) == 1
    lines = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert max(len(str(line)) for line in lines) <= 32
    width = float(svg.attrib["width"])
    for box in svg.iter("{http://www.w3.org/2000/svg}rect"):
        assert "%" in box.attrib["width"] or float(box.attrib["x"]) + float(box.attrib["width"]) < width


@pytest.mark.parametrize("hostile", HOSTILE)
def test_al_40_whatever_people_write_is_text_in_page_file_and_diagram(world: World, rules: Rules, hostile: str) -> None:
    mail = MAIL | {"subject": hostile, "body": f"{hostile}\x01\x1b"}
    trigger = {"description": hostile[:80], "filters": {"tags": [hostile[:64]], "numbers": [hostile[:64]]}}
    made = rules.made(name=hostile[:80], description=f"{hostile}\x0b", triggers=[trigger], notifications=[mail, HOOK])
    _, page, picture = parts(export(world, made["id"], "mht").text)
    plain = Elements(export(world, rules.made(notifications=[MAIL, HOOK])["id"], "html").text)
    for found in (page, export(world, made["id"], "html").text):
        elements = Elements(found)
        assert elements.tags <= plain.tags | {"img"}
        assert not [name for name, _ in elements.attributes if name.startswith("on") or name == "href"]
        assert hostile in elements.words
    for svg in (picture, export(world, made["id"], "svg").text):
        tags = {element.tag.split("}")[1] for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "title", "defs", "marker", "path", "rect", "g", "text"}
    assert "script" not in export(world, made["id"], "html").headers["Content-Security-Policy"]


@pytest.mark.parametrize("format", FORMATS)
def test_al_38_no_file_has_a_secret_or_a_value_of_a_query(world: World, rules: Rules, format: str) -> None:
    made = rules.made(notifications=[HOOK, BASIC])
    answer = export(world, made["id"], format)
    text = "".join(parts(answer.text)[1:]) if format == "mht" else answer.text
    assert "canary" not in text
    assert "hooks.example.com" in text


def test_a_json_file_can_be_posted_again(world: World, rules: Rules) -> None:
    options = {"throttle": {"max": 3, "per": "1h", "by": "line"}, "digest": {"every": "1h"}, "urgent": True}
    made = rules.made(
        name="Störung", description="Hall", enabled=False, options=options, triggers=TRIGGERS,
        notifications=[MAIL, TEXT, HOOK, BASIC],
    )  # fmt: skip
    answer = export(world, made["id"], "json")

    again = world.call("POST", "/alert_rules", answer.text)

    assert again.status == 201, again.text
    own = ("id", "created_at", "counts_from", "version", "triggers", "notifications")
    assert {n: v for n, v in again.json.items() if n not in own} == {n: v for n, v in made.items() if n not in own}
    assert [each["filters"] for each in again.json["triggers"]] == [each["filters"] for each in made["triggers"]]
    mail, text, hook, basic = again.json["notifications"]
    assert {**mail, "id": ""} == {**made["notifications"][0], "id": ""}
    assert {**text, "id": ""} == {**made["notifications"][1], "id": ""}
    assert (hook["url"], hook["enabled"], hook["secret_missing"]) == (
        "https://hooks.example.com/in", False, ["Authorization"],
    )  # fmt: skip
    assert (basic["headers"][0]["username"], basic["secret_missing"]) == ("desk", ["Authorization", "X-Two"])
    assert export(world, again.json["id"], "json").text == answer.text


def test_a_rule_without_parts_is_exported_and_other_formats_are_not(world: World, rules: Rules) -> None:
    made = rules.made(triggers=[])
    for format in FORMATS:
        export(world, made["id"], format)
    assert "never matches" in export(world, made["id"], "html").text
    assert world.gateway.get(f"/alert_rules/{made['id']}/export").headers["Content-Type"].startswith("text/html")
    refused = world.gateway.get(f"/alert_rules/{made['id']}/export", None, format="pdf")
    assert (refused.status, refused.json["errors"][0]["code"]) == (400, "NOT_ALLOWED")
