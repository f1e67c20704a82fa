"""The preview of a mail template in a browser: what is typed is shown as a mail, and no script of it runs."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.planted import HOST, planted
from tests.browser.visits import WIDE

STYLED = '<p style="color: rgb(1, 2, 3)">Left: %%FREE_SIZE%%</p>'
HOSTILE = '<script>top.document.title = "run"</script><img src="data:," onerror="top.document.title = \'run\'">'


def test_what_is_typed_is_previewed_again_and_again_with_its_styles_and_without_scripts(chromium: Browser) -> None:
    console = planted()
    page = console.open(chromium, WIDE, inspected=False)
    page.goto(f"{HOST}{console.path('/console/mail/templates/{name}')}")
    title = page.title()
    outer = page.frame_locator("iframe[name=preview]")
    mail = outer.frame_locator("iframe")

    for subject in ("First", "Second"):  # the script of the console holds back a form that was sent before
        page.get_by_label("Subject").fill(f"{subject} %%TENANT_NAME%%")
        page.get_by_label("Text or HTML").fill(STYLED + HOSTILE)
        page.get_by_role("button", name="Preview").click()
        expect(outer.locator("h1")).to_have_text(f"{subject} Northwater")
        expect(mail.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
        expect(mail.locator("p")).to_have_text("Left: 1.0 GB")
    assert page.title() == title
    assert len(page.frames) == 3
    page.context.close()
