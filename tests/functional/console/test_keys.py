"""API keys, by the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import Company
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role
from tocsin.kernel.domain.errors import Unauthorized
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId

HOSTILE = '"><script>alert(1)</script>'


def made(account: Account, browser: Browser, **typed: Any) -> str:
    """Fill in the form of a new key; return the token that the answer shows, "" for none."""
    browser.open("/console/keys/new")
    browser.send("/console/keys/new", **{"name": "Boiler room", **typed})
    return token_of(browser)


def token_of(browser: Browser) -> str:
    found = re.search(r'id="token">(tcs_[^<]+)<', browser.answer.text)
    return found[1] if found else ""


def new_keys(account: Account) -> list[ApiKey]:
    return [key for key in account.keys.list(ACME) if key.id != "k1"]


def actions(account: Account) -> list[str]:
    return [entry.action for entry in account.directory.trail.entries.values() if entry.thing.kind == "api_key"]


def with_key(account: Account, **more: Any) -> ApiKey:
    account.new_key("acme", "pump", capacities={Channel.SMS: 40}, **more)
    found = account.keys.get(ACME, ApiKeyId("pump"))
    assert found is not None
    return found


def add_capacity(browser: Browser, **typed: str) -> None:
    """Send what the form for capacity sends, which has none of the fields of the settings."""
    settings = dict.fromkeys(("name", "role", "company", "networks", "owner"))
    browser.send("keys/pump", ("act", "add"), **settings, **typed)


def test_a_key_is_made_with_its_rights_networks_and_capacities(account: Account) -> None:
    browser = account.signed_in()
    token = made(
        account,
        browser,
        kind="sandbox",
        right=["canReadAlerts"],
        networks="203.0.113.0/24, 198.51.100.7",
        capacity__sms="1 000",
        owner="Ops@Example.org",
    )
    key = new_keys(account)[0]

    assert token.startswith(f"tcs_sandbox_acme_{key.id}_")
    assert (key.kind, key.rights) == (KeyKind.SANDBOX, frozenset({Right.READ_ALERTS}))
    assert key.networks == ("203.0.113.0/24", "198.51.100.7/32")
    assert account.keys.remaining(ACME, key.id) == {Channel.SMS: 1000}
    assert actions(account) == ["api_key.created"]


def test_the_token_is_shown_once_and_a_second_click_or_reload_makes_no_second_key(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/keys/new")
    form = next(form for form in browser.page.forms if form.action.endswith("keys/new"))
    once = dict(form.fields)["once"]
    browser.send("/console/keys/new", name="Pump")
    token = token_of(browser)
    assert token

    browser.open("/console/keys/new")
    browser.send("/console/keys/new", name="Pump", once=once)

    assert len(new_keys(account)) == 1
    assert "had made this key already" in browser.page.words
    secret = token.rpartition("_")[2]
    for path in (f"/console/keys/{new_keys(account)[0].id}", "/console/keys"):
        browser.open(path)
        assert secret not in browser.answer.text
    assert actions(account) == ["api_key.created"]


def test_the_answer_with_the_token_has_a_copy_button_and_a_line_to_try_it(account: Account) -> None:
    browser = account.signed_in()
    token = made(account, browser, right="canReadAlerts")

    assert account.gateway.get("/alerts", {"Authorization": f"Bearer {token}"}).status == 200
    assert f'data-copy="{token}"' in browser.answer.text
    assert f'"apiKey": "{token}"' in browser.page.words
    assert browser.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 129}, "name"),
        ({"networks": "10.0.0.0/33"}, "networks"),
        ({"capacity__sms": "many"}, "capacity-sms"),
        ({"capacity__email": "-1"}, "capacity-email"),
        ({"capacity__call": "9" * 11}, "capacity-call"),
        ({"owner": "nobody"}, "owner"),
        ({"callback": "http://127.0.0.1/x"}, "callback"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    account: Account, typed: dict[str, str], field: str
) -> None:
    browser = account.signed_in()
    token = made(account, browser, **typed)

    assert (browser.answer.status, token, new_keys(account), actions(account)) == (422, "", [], [])
    assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    name, value = next(iter(typed.items()))
    form = next(form for form in browser.page.forms if form.action.endswith("keys/new"))
    assert dict(form.fields)[name.replace("__", "-")].strip() == value.strip()


def test_a_new_key_asks_for_a_fresh_proof_and_keeps_what_was_typed(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/keys/new")
    account.advance(minutes=16)
    browser.send("/console/keys/new", name="Pump", networks="203.0.113.9")
    assert browser.path.startswith("/console/prove")
    assert new_keys(account) == []

    browser.send("/console/prove", password=PASSWORD)
    assert browser.path == "/console/keys/new"
    browser.send("/console/keys/new")

    assert [(key.name, key.networks) for key in new_keys(account)] == [("Pump", ("203.0.113.9/32",))]


@pytest.mark.parametrize("act", ["disable", "enable", "rotate", "add"])
def test_every_change_asks_for_a_fresh_proof(account: Account, act: str) -> None:
    key = with_key(account)
    browser = account.signed_in()
    account.keys.save(key)
    browser.open("/console/keys/pump")
    account.advance(minutes=16)
    browser.send("/console/keys/pump", ("act", act), add__sms="5")

    assert browser.path.startswith("/console/prove")
    assert (account.keys.get(ACME, key.id), actions(account)) == (key, [])


def test_the_list_says_what_each_key_may_and_marks_the_sandbox(account: Account) -> None:
    with_key(account, kind=KeyKind.SANDBOX, networks=("203.0.113.0/24",))
    browser = account.signed_in()
    words = plain(browser.open("/console/keys").words)

    assert 'class="striped"' in browser.answer.text
    assert "It sends and stores. It chooses how long alerts and stored content are kept." in words
    assert "203.0.113.0/24" in words
    assert "Texts 40" in words
    assert "Enabled" in words


def test_the_account_key_is_in_no_list_and_not_there_by_id(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/keys")
    assert "Console" not in browser.page.words
    browser.open("/console/keys/account")
    assert browser.answer.status == 404


def test_a_key_is_disabled_and_enabled_again(account: Account) -> None:
    with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    browser.send("/console/keys/pump", ("act", "disable"))
    assert "Disabled." in browser.page.words
    assert account.keys.keys[ACME, ApiKeyId("pump")].enabled is False

    browser.send("/console/keys/pump", ("act", "enable"))
    assert account.keys.keys[ACME, ApiKeyId("pump")].enabled is True
    assert actions(account) == ["api_key.disabled", "api_key.enabled"]


def test_capacity_is_added_once_however_often_the_form_is_sent(account: Account) -> None:
    with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    for _ in range(2):
        add_capacity(browser, add__sms="60", once="the same")

    assert account.keys.remaining(ACME, ApiKeyId("pump")) == {Channel.SMS: 100}
    assert "sent before" in browser.page.words
    assert actions(account) == ["api_key.capacity_added"]


@pytest.mark.parametrize("typed", ["0", "-4", "", "1.5", "x"])
def test_a_wrong_capacity_is_told_at_its_field(account: Account, typed: str) -> None:
    with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    add_capacity(browser, add__sms=typed)

    assert browser.answer.status == 422
    assert re.search(r'name="add-sms"[^>]*aria-invalid', browser.answer.text)
    assert account.keys.remaining(ACME, ApiKeyId("pump")) == {Channel.SMS: 40}


def test_a_new_token_replaces_the_former_one(account: Account) -> None:
    before = with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    browser.send("/console/keys/pump", ("act", "rotate"))

    assert token_of(browser).startswith("tcs_live_acme_pump_")
    assert account.keys.keys[ACME, before.id].secret_hash != before.secret_hash
    assert actions(account) == ["api_key.rotated"]


def test_settings_are_changed_and_the_change_is_recorded_with_what_was_before(account: Account) -> None:
    before = with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    browser.send(
        "/console/keys/pump",
        ("act", "save"),
        name="Pump  house",
        right=["canReadStores"],
        networks="203.0.113.9",
        owner="Ops@Example.org",
    )

    key = account.keys.keys[ACME, before.id]
    assert (key.name, key.rights) == ("Pump house", frozenset({Right.READ_STORES}))
    assert key.networks == ("203.0.113.9/32",)
    assert (key.owner_email, key.secret_hash) == ("Ops@example.org", before.secret_hash)
    (entry,) = [each for each in account.directory.trail.entries.values() if each.thing.kind == "api_key"]
    assert entry.action == "api_key.updated"
    assert (entry.before["name"], entry.after["name"]) == ("pump", "Pump house")
    assert set(entry.after) == {"name", "rights", "networks", "owner"}


def test_saving_what_stands_changes_nothing(account: Account) -> None:
    before = with_key(account, networks=("203.0.113.0/24",), owner_email="ana@example.org")
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    browser.send("/console/keys/pump", ("act", "save"))

    assert account.keys.keys[ACME, before.id] == before
    assert actions(account) == []


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": " "}, "name"), ({"networks": "x"}, "networks"), ({"owner": "nobody"}, "owner")]
)
def test_a_wrong_change_is_told_at_its_field(account: Account, typed: dict[str, Any], field: str) -> None:
    before = with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    browser.send("/console/keys/pump", ("act", "save"), **typed)

    assert browser.answer.status == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert (account.keys.keys[ACME, before.id], actions(account)) == (before, [])


def test_what_was_typed_is_there_again_after_the_proof(account: Account) -> None:
    with_key(account)
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    account.advance(minutes=16)
    browser.send("/console/keys/pump", ("act", "save"), name="Pump house")
    browser.send("/console/prove", password=PASSWORD)
    assert browser.path == "/console/keys/pump"
    browser.send("/console/keys/pump", ("act", "save"))

    assert account.keys.keys[ACME, ApiKeyId("pump")].name == "Pump house"


def test_a_key_gets_a_role_and_a_company(account: Account) -> None:
    account.directory.add(Company(tenant=ACME, id=CompanyId("north"), name="North"))
    browser = account.signed_in()
    made(account, browser, role="manager", company="north")
    (key,) = new_keys(account)
    assert (key.role, key.company) == ("manager", "north")
    words = plain(browser.open(f"/console/keys/{key.id}").words)
    assert "RoleManager" in words
    assert "CompanyNorth" in words

    browser.send(f"/console/keys/{key.id}", ("act", "save"), role="", company="")
    key = account.keys.keys[ACME, key.id]
    assert (key.role, key.company) == (None, None)


@pytest.mark.parametrize(
    ("role", "typed", "field"),
    [
        (SystemRole.OWNER, {"role": "account_owner"}, "role"),
        (SystemRole.OWNER, {"role": "none"}, "role"),
        (SystemRole.OWNER, {"company": "none"}, "company"),
        (SystemRole.USER, {"role": "admin"}, "role"),
    ],
)
def test_no_key_gets_more_than_its_maker_has(
    account: Account, role: SystemRole, typed: dict[str, Any], field: str
) -> None:
    account.directory.add(Company(tenant=ACME, id=CompanyId("north"), name="North"))
    browser = clerk(account) if role is SystemRole.USER else account.signed_in(role)
    made(account, browser, **typed)

    assert (browser.answer.status, new_keys(account)) == (422, [])
    assert f'id="f-{field}" name="{field}" aria-invalid="true"' in browser.answer.text


def test_the_present_token_works_for_a_while_beside_the_new_one_and_can_be_ended(account: Account) -> None:
    before = account.new_key("acme", "pump")
    browser = account.signed_in()
    browser.open("/console/keys/pump")
    browser.send("/console/keys/pump", ("act", "rotate"), overlap="24")
    new = token_of(browser)
    use = Authenticate(account.keys, account.sealer, account.clock)
    assert use(before, None).id == use(new, None).id == "pump"
    assert "The token before works until" in browser.open("/console/keys/pump").words

    browser.send("/console/keys/pump", ("act", "end-former"))

    with pytest.raises(Unauthorized):
        use(before, None)
    assert use(new, None)
    assert actions(account) == ["api_key.rotated", "api_key.former_ended"]


def test_before_a_key_is_disabled_the_page_lists_what_hangs_on_it(account: Account) -> None:
    account.send(title="Test of the siren", options={"schedule": {"start": "2030-01-31T08:00:00.000Z"}})
    account.send(title="Pump 7", trigger={"triggers": [{"type": "email", "keyword": "PUMP7", "tag": "t"}]})
    words = plain(account.signed_in().open("/console/keys/k1").words)

    assert "Scheduled: Test of the siren" in words
    assert "Waits for PUMP7: Pump 7" in words
    assert "Scheduled: an alert" in plain(clerk(account).open("/console/keys/k1").words)


def test_a_key_of_another_account_is_not_there(account: Account) -> None:
    account.new_key("other", "theirs")
    browser = account.signed_in()
    browser.open("/console/keys/theirs")

    assert browser.answer.status == 404


@pytest.mark.parametrize("role", list(SystemRole))
@pytest.mark.parametrize("path", ["keys", "keys/new", "keys/k1"])
def test_only_owners_and_admins_see_keys(account: Account, role: SystemRole, path: str) -> None:
    browser = account.signed_in(role)
    browser.open(f"/console/{path}")
    may = role in (SystemRole.OWNER, SystemRole.ADMIN)

    assert browser.answer.status == (200 if may else 403)
    assert ("Keys" in {words.strip() for _, words in browser.page.links}) is may


def clerk(account: Account) -> Browser:
    """Return the browser of a person whose own role manages keys and reads no alerts of others."""
    role = Role(ACME, RoleId("r1"), "Clerk", {Permission.KEYS: Reach.ALL})
    account.directory.add(role, replace(account.people[SystemRole.USER], role=role.id))
    return account.signed_in(SystemRole.USER)


def test_nobody_gives_a_right_that_they_do_not_have(account: Account) -> None:
    browser = clerk(account)
    token = made(account, browser, right=["canReadAlerts"])
    assert (browser.answer.status, token, new_keys(account)) == (422, "", [])
    assert "You cannot give a right" in browser.page.words

    browser.open("/console/keys/k1")
    browser.send("/console/keys/k1", ("act", "rotate"))
    assert browser.answer.status == 403
    browser.open("/console/keys/k1")
    browser.send("/console/keys/k1", ("act", "disable"))
    assert account.keys.keys[ACME, ApiKeyId("k1")].enabled is False


def test_names_and_callbacks_are_shown_as_words_and_secrets_not_at_all(account: Account) -> None:
    with_key(account, callback_url="https://ana:pass@hooks.example/in?token=s3cret", owner_email=HOSTILE)
    browser = account.signed_in()
    made(account, browser, name=HOSTILE)
    assert "<script>alert" not in browser.answer.text
    for path in ("keys", "keys/pump", f"keys/{new_keys(account)[0].id}"):
        browser.open(f"/console/{path}")
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
        assert "s3cret" not in browser.answer.text
        assert "secret_hash" not in browser.answer.text
    browser.open("/console/keys/pump")
    assert "hooks.example" in browser.page.words
