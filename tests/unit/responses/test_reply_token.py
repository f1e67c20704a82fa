"""S14: the address of an answer names one message, and nobody but us can make one."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.contacts.domain.email_address import parse_email
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.reply_token import ReplyTo, reply_address, reply_token_in

DOMAIN = "alerts.example"


def keyed(tenant: TenantId, named: bytes) -> bytes:
    return hashlib.sha256(b"not a secret" + tenant.encode() + named).digest()


tenants = st.from_regex(r"[a-z0-9]{4,20}", fullmatch=True).map(TenantId)
messages = st.builds(
    lambda tenant, alert, item, chunk, position: ReplyTo(
        ChunkKey(tenant, AlertRef(str(alert)), item, chunk), position
    ),
    tenants, st.uuids(), st.integers(0, 24), st.integers(0, 39), st.integers(0, 249),
)  # fmt: skip
MINE = ReplyTo(ChunkKey(TenantId("acme"), AlertRef(str(uuid.UUID(int=7))), 1, 2), 249)


@given(messages)
def test_an_address_names_its_message_and_fits(to: ReplyTo) -> None:
    address = reply_address(to, DOMAIN, keyed)
    assert len(address.partition("@")[0]) <= 64
    assert parse_email(address) == address
    token = reply_token_in(address, DOMAIN)
    assert token is not None
    assert token.to == to
    assert token.genuine(keyed)


@given(messages, st.data())
def test_s14_an_altered_address_is_not_genuine(to: ReplyTo, data: st.DataObject) -> None:
    local, _, domain = reply_address(to, DOMAIN, keyed).partition("@")
    place = data.draw(st.integers(2, len(local) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda c: c != local[place]))
    token = reply_token_in(f"{local[:place]}{other}{local[place + 1 :]}@{domain}", DOMAIN)
    assert token is None or not token.genuine(keyed)


@given(messages, tenants)
def test_s14_a_token_does_not_open_another_tenants_alert(to: ReplyTo, other: TenantId) -> None:
    address = reply_address(to, DOMAIN, keyed)
    token = reply_token_in(address.replace(f"+{to.key.tenant}.", f"+{other}.", 1), DOMAIN)
    assert token is not None
    assert token.genuine(keyed) is (other == to.key.tenant)


def test_capitals_do_no_harm() -> None:
    token = reply_token_in(f" {reply_address(MINE, DOMAIN, keyed).upper()} ", DOMAIN)
    assert token is not None
    assert token.to == MINE
    assert token.genuine(keyed)


@pytest.mark.parametrize(
    "address",
    [
        "", "@", "alerts@alerts.example", "r+acme@alerts.example", f"r+acme.{'a' * 40}", f"r+acme.{'a' * 39}@alerts.example",
        f"r+acme.{'a' * 40}@elsewhere.example", f"r+acme.{'1' * 40}@alerts.example", f"r+ACME!.{'a' * 40}@alerts.example",
        f"x+acme.{'a' * 40}@alerts.example", f"r+acme.{'a' * 40}@alerts.example@elsewhere.example",
    ],
)  # fmt: skip
def test_what_is_no_address_of_ours_names_nothing(address: str) -> None:
    assert reply_token_in(address, DOMAIN) is None
