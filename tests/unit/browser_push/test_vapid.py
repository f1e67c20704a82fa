"""Who pushes: the token of RFC 8292, as a push service reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fakes.sealer import FakeSealer
from tocsin.browser_push.application.push_keys import PushKeys
from tocsin.browser_push.domain.vapid import bytes_of, origin_of
from tocsin.kernel.domain.ids import TenantId

ACME, NOW = TenantId("acme"), datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_a_push_service_believes_the_token_under_the_key_of_the_account() -> None:
    keys = PushKeys(FakeSealer(), "mailto:postmaster@alerts.example")
    said = keys.headers(ACME, "https://push.example.net:8443/send/abc?d=1", NOW)["authorization"]
    scheme, _, rest = said.partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(fields["k"]))

    claims = jwt.decode(
        fields["t"], key, algorithms=["ES256"], audience="https://push.example.net:8443", options={"verify_exp": False}
    )

    assert scheme == "vapid"
    assert bytes_of(fields["k"]) == keys.public(ACME)
    assert claims["sub"] == "mailto:postmaster@alerts.example"
    assert timedelta(0) < datetime.fromtimestamp(claims["exp"], UTC) - NOW <= timedelta(hours=24)


def test_a_key_is_the_same_in_every_process_and_another_for_each_account() -> None:
    keys = PushKeys(FakeSealer())
    assert keys.public(ACME) == PushKeys(FakeSealer()).public(ACME)
    assert keys.public(ACME) != keys.public(TenantId("other"))
    said = keys.headers(ACME, "https://push.example.net/x", NOW)["authorization"]
    assert "sub" not in jwt.decode(said[8:].split(",")[0], options={"verify_signature": False})


@pytest.mark.parametrize("text", ["AQ", "AQ=="])
def test_bytes_are_read_padded_or_not(text: str) -> None:
    assert bytes_of(text) == b"\1"
    with pytest.raises(ValueError, match="base64"):
        bytes_of("?")


def test_the_audience_is_scheme_host_and_port() -> None:
    assert origin_of("https://push.example.net/send/abc?d=1") == "https://push.example.net"
