"""Merging of mail settings, beside what the API tests show: mails in the clear, loopback, and the order of saves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.changed_settings import changed, may_use_port, told
from tocsin.tenant_mail.domain.mail_settings import MailFlag, MailSettings

FRESH = MailSettings(tenant=TenantId("acme"))
OWN: dict[str, Any] = {"type": "SMTP", "username": "ana@example.org", "server": "smtp.example.org"}
CLEAR: dict[str, Any] = {**OWN, "auth": "DISABLE", "enable_tls_ssl": False}


def merged(before: MailSettings, *, plain: bool = False, local: bool = False, **given: Any) -> MailSettings:
    return changed(before, given, EgressPolicy(loopback=local), plain_allowed=plain)


def test_mails_go_in_the_clear_only_where_the_operator_allows_it() -> None:
    with pytest.raises(InvalidRequest):
        merged(FRESH, **CLEAR)
    assert merged(FRESH, plain=True, **CLEAR).tls is False
    # With a sign-in STARTTLS is used whatever is set, so nothing goes in the clear.
    assert merged(FRESH, **{**CLEAR, "auth": "PLAIN"}).tls is False


def test_pn_25_without_tls_and_sign_in_a_stored_password_is_forgotten() -> None:
    before = merged(FRESH, **OWN, password="hunter2")
    assert merged(before, plain=True, auth="DISABLE").secrets.password == "hunter2"
    assert merged(before, plain=True, auth="DISABLE", enable_tls_ssl=False).secrets.password is None


def test_servers_of_the_machine_itself_are_for_the_local_engine() -> None:
    here: dict[str, Any] = {**OWN, "server": "127.0.0.1", "port": 1025}
    with pytest.raises(InvalidRequest):
        merged(FRESH, **here)
    kept = merged(FRESH, local=True, **here)
    assert may_use_port(kept, EgressPolicy(loopback=True))
    assert not may_use_port(kept, CLOSED)


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "reply_to": st.sampled_from(["it@example.org", "", None]),
    "recipients": st.sampled_from(["a@example.org", "a@example.org, b@example.org", "", None]),
    "on_unknown": st.sampled_from(["silence", "resend", None]),
    "from_address": st.sampled_from(["x@example.org", "", None]),
    **{flag.value: st.sampled_from([True, False, None]) for flag in MailFlag},
}


@given(st.fixed_dictionaries({}, optional=FIELDS), st.fixed_dictionaries({}, optional=FIELDS))
@settings(max_examples=50)
def test_property_saves_of_different_fields_merge_in_any_order(one: dict[str, Any], other: dict[str, Any]) -> None:
    other = {name: value for name, value in other.items() if name not in one}
    before = merged(FRESH, **OWN, password="hunter2")
    after = merged(merged(before, **one), **other)
    assert after == merged(merged(before, **other), **one)
    assert after.secrets == before.secrets
    shown = told(after)
    assert merged(after, **shown) == after  # GET, then POST
