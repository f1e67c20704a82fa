"""Mail templates by the pages: the list, own words, warnings, the preview, samples, and the way back."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE
from tests.functional.console.test_mail import field_of
from tocsin.identity.domain.permissions import SystemRole
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES
from tocsin.tenant_mail.domain.template_words import MailTemplateRow, default_template

DISK = "/console/mail/templates/DISK_LOW"
ATTACKS = (
    *HOSTILE[:2],
    "</iframe><script>alert(1)</script>",
    '"></iframe><img src=x onerror=alert(1)>',
    "<b>&amp;</b>",
)


def own_of(account: Account, name: str = "DISK_LOW") -> MailTemplateRow | None:
    return account.mail_templates.get(ACME, name)


def written(browser: Browser, **typed: Any) -> None:
    """Fill in the form of the template DISK_LOW, and save."""
    browser.open(DISK)
    browser.send(DISK, ("act", "save"), **{"subject": "Disk: %%FREE_SIZE%% left", **typed})


def framed(text: str) -> str:
    """Return the HTML that the frame of a preview shows."""
    found = re.search(r'srcdoc="([^"]*)"', text)
    assert found is not None
    return html.unescape(found[1])


def test_the_list_names_all_templates_their_words_and_their_switch(account: Account) -> None:
    browser = account.signed_in()
    written(browser)
    words = plain(browser.open("/console/mail/templates").words)

    for name in TEMPLATES:
        assert name in words
    assert words.count("Your own") == 1
    assert re.search(r"QUEUE_SLA [^|]*? default off", words)
    assert re.search(r"DISK_LOW .*? Your own always sent", words)


def test_only_what_differs_from_the_default_is_kept_as_own_words(account: Account) -> None:
    browser = account.signed_in()
    browser.open(DISK)
    assert field_of(browser, "body") == default_template("DISK_LOW").body
    browser.send(DISK, ("act", "save"), subject="Disk: %%FREE_SIZE%% left", **{"from": "  "})

    own = own_of(account)
    assert own is not None
    assert (own.sender, own.subject, own.body) == (None, "Disk: %%FREE_SIZE%% left", None)
    assert "Your own" in browser.page.words
    browser.send(DISK, ("act", "save"), body="Low.\r\nVery low.")
    own = own_of(account)
    assert own is not None
    assert (own.subject, own.body, own.version) == ("Disk: %%FREE_SIZE%% left", "Low.\nVery low.", 2)


def test_an_unknown_variable_is_warned_about_and_saved(account: Account) -> None:
    browser = account.signed_in()
    written(browser, body="Free:\n%%FREE_SIZ%%")

    assert own_of(account) is not None
    assert "Text or HTML, line 2: %%FREE_SIZ%% is unknown and stays as it is. Do you mean %%FREE_SIZE%%?" in plain(
        browser.page.words
    )


def test_faults_stand_at_their_fields_and_what_was_typed_stays(account: Account) -> None:
    browser = account.signed_in()
    written(browser, **{"from": "desk@example.org"}, body="Mine")

    assert browser.answer.status == 422
    assert re.search(r'name="from"[^>]*aria-invalid', browser.answer.text)
    assert field_of(browser, "body") == "Mine"
    assert own_of(account) is None


def test_of_two_who_write_a_template_the_second_sees_both(account: Account) -> None:
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    for each in (browser, other):
        each.open(DISK)
    other.send(DISK, ("act", "save"), subject="Theirs")
    browser.send(DISK, ("act", "save"), subject="Mine")  # both pages showed the default
    assert browser.answer.status == 409
    assert "Subject Theirs Mine" in plain(browser.page.words)

    other.open(DISK)
    other.send(DISK, ("act", "save"), subject="Theirs again")
    browser.send(DISK, ("act", "save"), subject="Mine")  # the page showed their first words
    assert browser.answer.status == 409
    browser.send(DISK, ("act", "save"))
    own = own_of(account)
    assert own is not None
    assert own.subject == "Mine"


def test_words_that_others_deleted_meanwhile_are_not_written(account: Account) -> None:
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    written(browser)
    other.open(f"{DISK}/default")
    other.send("/default")
    browser.send(DISK, ("act", "save"), subject="Mine")

    assert browser.answer.status == 409
    assert own_of(account) is None
    browser.send(DISK, ("act", "save"))
    assert own_of(account) is not None


def test_back_to_the_default_in_the_version_that_was_shown(account: Account) -> None:
    browser = account.signed_in()
    written(browser)
    browser.follow("Back to the default")
    browser.send("/default", version="9")
    assert browser.answer.status == 409
    assert own_of(account) is not None

    browser.send("/default")
    assert own_of(account) is None
    assert "The default's words are used again." in browser.page.words
    assert field_of(browser, "subject") == default_template("DISK_LOW").subject


def test_the_preview_has_an_origin_of_its_own_and_runs_no_scripts(account: Account) -> None:
    browser = account.signed_in()
    browser.open(f"{DISK}/preview")

    policy = browser.answer.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert not [each for each in policy if each.startswith("script-src")]
    assert "csrf" not in browser.answer.text
    assert browser.answer.text.count("<iframe sandbox ") == 1
    assert "1.0 GB" in framed(browser.answer.text)
    browser.open(DISK)
    assert re.search(r'<iframe [^>]*\bsandbox src="[^"]*DISK_LOW/preview"', browser.answer.text)
    assert "unsafe" not in browser.answer.headers["Content-Security-Policy"]


def previewed(browser: Browser, **typed: str) -> str:
    """Press Preview with what is typed; return the answer that the frame shows."""
    browser.open(DISK)
    fields = {"csrf": field_of(browser, "csrf"), "from": "", "subject": "", "body": "", **typed}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    browser._go("POST", f"{DISK}/preview", urlencode(fields), headers)
    return browser.answer.text


def test_what_is_typed_is_previewed_and_not_saved(account: Account) -> None:
    browser = account.signed_in()
    shown = previewed(browser, subject="Only %%FREE_SIZE%%", body="Left: %%FREE_SIZE%%")

    assert "Only 1.0 GB" in shown
    assert "<pre>Left: 1.0 GB</pre>" in shown
    assert "srcdoc" not in shown  # a text has no HTML
    assert own_of(account) is None
    assert "must be a name, not an address" in previewed(browser, **{"from": "a@example.org"})


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_of_a_template_stays_in_its_frame(account: Account, attack: str) -> None:
    browser = account.signed_in()
    shown = previewed(browser, **{"from": attack[:100], "subject": attack, "body": f"<p>{attack}</p>"})

    assert attack in framed(shown)  # as it is, in a document without scripts
    assert shown.count("<iframe") == shown.count("</iframe>") == 1
    for tag in ("<script", "<img", "<b>&amp;"):
        assert tag not in shown
    written(browser, subject=attack, body=f"<p>{attack}</p>")
    assert "<script>alert" not in browser.answer.text
    assert "<img src=x" not in browser.answer.text
    assert field_of(browser, "body") == f"<p>{attack}</p>"


def test_a_sample_is_mailed_with_the_words_that_are_saved(account: Account) -> None:
    browser = account.signed_in()
    written(browser)
    browser.send(DISK, act="test", recipient="bob@example.org")

    assert "The mail server took it." in browser.page.words
    ((alert, _),) = account.mail_server.alerts.values()
    assert (alert.messages[0].to, alert.title) == (["bob@example.org"], "Sample: Disk: 1.0 GB left")
    browser.send(DISK, act="test", recipient="bob")
    assert browser.answer.status == 422
    assert re.search(r'name="recipient"[^>]*aria-invalid', browser.answer.text)


def test_a_template_that_is_not_there_has_no_page(account: Account) -> None:
    browser = account.signed_in()
    for path in ("NONE", "NONE/preview", "DISK_LOW/default"):  # the account has no own DISK_LOW
        browser.open(f"/console/mail/templates/{path}")
        assert browser.answer.status == 404, path
