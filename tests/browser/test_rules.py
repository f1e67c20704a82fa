"""Alert rules in a browser, on fakes: a rule is made, gets a trigger and a webhook, and is tested."""

from __future__ import annotations

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.browser.accessibility import accessible, fits, pictured
from tests.browser.planted import HOST, planted
from tests.browser.visits import PHONE, WIDE
from tests.functional.console.rules_desk import rules_of


def test_a_rule_is_made_gets_a_trigger_and_a_webhook_and_is_tested(chromium: Chromium) -> None:
    console = planted()
    page = console.open(chromium, WIDE)
    page.goto(f"{HOST}/console/rules")
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Name").fill("Missed at the front desk")
    page.get_by_role("button", name="Add the rule").click()
    page.get_by_role("link", name="Add a trigger").click()
    page.get_by_label("201 Hall").check()
    page.get_by_label("Not answered").check()
    page.get_by_role("button", name="Save the trigger").click()
    expect(page.get_by_text("abandoned or missed or voicemail")).to_be_visible()
    page.get_by_role("link", name="Change Trigger 1").click()
    page.get_by_label("Shortest").fill("5")
    page.get_by_role("button", name="Save the trigger").click()
    expect(page.get_by_text("5 s or more")).to_be_visible()

    page.get_by_role("link", name="Add a webhook").click()
    page.get_by_label("Address").fill("https://hooks.example.com/in")
    header = page.get_by_role("group", name="Header 1")
    header.get_by_label("Kind").select_option(label="X-API-Key")
    header.get_by_label("Value or password").fill("canary-value")
    expect(page.get_by_text("X-API-Key: •••")).to_be_visible()
    page.get_by_role("combobox", name="Method").select_option("GET")
    expect(page.get_by_text("GET https://hooks.example.com/in?eventId=")).to_be_visible()
    page.get_by_role("button", name="Save the webhook").click()
    expect(page.get_by_text("GET https://hooks.example.com/in", exact=True)).to_be_visible()

    page.get_by_role("link", name="Test", exact=True).click()
    page.get_by_role("button", name="Send the samples").click()
    expect(page.get_by_text("The samples are on their way")).to_be_visible()
    accessible(page, "rule-tested")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert fits(page)
    (delivery,) = console.account.inside.deliveries.values()
    assert "hooks.example.com" in str(delivery)
    assert "Missed at the front desk" in [rule.name for rule in rules_of(console.account)]
    page.context.close()


def test_the_menu_of_a_rule_opens_and_leads_to_what_may_be_done(chromium: Chromium) -> None:
    page = planted().open(chromium, WIDE)
    page.goto(f"{HOST}/console/rules")
    page.get_by_role("button", name="Actions for Missed sales calls").click()
    expect(page.get_by_role("link", name="Switch owner…")).to_be_visible()
    accessible(page, "rule-menu")
    page.get_by_role("link", name="Delete…").last.click()
    expect(page.get_by_role("heading", name="Delete “Missed sales calls”?")).to_be_visible()
    page.context.close()


def test_a_refused_mail_is_followed_to_its_event_and_the_trigger_is_tried_anew(chromium: Chromium) -> None:
    console = planted()
    page = console.open(chromium, WIDE)
    page.goto(f"{HOST}/console/rules")
    page.get_by_role("button", name="Actions for Missed sales calls").click()
    page.locator(".menu:popover-open").get_by_role("link", name="History", exact=True).click()
    page.get_by_label("Status").select_option("failed")
    page.get_by_role("button", name="Filter").click()
    page.get_by_text("API action to ana1@example.com").click()
    expect(page.locator("details[open]").get_by_text("SendEmail")).to_be_visible()
    accessible(page, "rule-history-open")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    pictured(page, "rule-history-open-phone")
    assert fits(page)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    page.get_by_role("link", name="Events", exact=True).click()
    page.locator(f"a[href$='{console.ids['', 'near']}']").click()
    expect(page.get_by_text("wants at least 5 s; the event has 2 s")).to_be_visible()
    page.get_by_role("link", name="Missed sales calls").first.click()
    page.get_by_role("link", name="Count its runs").click()
    expect(page.get_by_text("The rule would have run 1 time.")).to_be_visible()
    expect(page.get_by_text("1 more if Duration were left empty")).to_be_visible()
    page.get_by_role("link", name="Change Trigger 1").click()
    page.get_by_label("Shortest").fill("2")
    page.get_by_role("button", name="Try on the last 7 days").click()
    expect(page.get_by_text("With this trigger, the rule would have run 2 times.")).to_be_visible()
    accessible(page, "trigger-tried")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    pictured(page, "trigger-tried-phone")
    assert fits(page)
    page.get_by_role("button", name="Save the trigger").click()
    expect(page.get_by_text("2 s or more")).to_be_visible()
    page.context.close()
