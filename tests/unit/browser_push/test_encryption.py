"""Encryption for one browser: the example of RFC 8291, and messages that a browser reads back."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from infra.local.browser.keys import BrowserKeys
from tocsin.browser_push.domain.encryption import LARGEST, encrypted, is_point, point_of, private_key
from tocsin.browser_push.domain.vapid import base64url, bytes_of

PLAIN = bytes_of("V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24")
OURS, THEIRS = (
    bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    bytes_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
)
BROWSER = bytes_of("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
AUTH, SALT = bytes_of("BTBZMqHH6r4Tts7J_aSIgg"), bytes_of("DGv6ra1nlYgDCS1FRnbzlw")
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""RFC 8291, 5 and appendix A."""


def exact(private: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())


def test_the_body_is_that_of_the_example_of_rfc_8291() -> None:
    assert base64url(encrypted(PLAIN, BROWSER, AUTH, salt=SALT, ours=exact(OURS))) == BODY


def test_a_browser_reads_the_example_of_rfc_8291() -> None:
    keys = BrowserKeys(exact(THEIRS), AUTH)
    assert keys.public == BROWSER
    assert keys.decrypted(bytes_of(BODY)) == PLAIN


@given(st.binary(max_size=LARGEST), st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16))
def test_a_browser_reads_back_what_was_encrypted_for_it(message: bytes, entropy: bytes, salt: bytes) -> None:
    keys = BrowserKeys(private_key(entropy), salt[::-1])
    body = encrypted(message, keys.public, keys.auth, salt=salt, ours=private_key(entropy[::-1]))
    assert keys.decrypted(body) == message
    assert len(body) == len(message) + 86 + 17


def test_a_message_over_the_limit_is_not_encrypted() -> None:
    with pytest.raises(ValueError, match="too long"):
        encrypted(b"x" * (LARGEST + 1), BROWSER, AUTH, salt=SALT, ours=exact(OURS))


@pytest.mark.parametrize("entropy", [b"\0" * 32, b"\xff" * 32])
def test_any_32_bytes_make_a_key(entropy: bytes) -> None:
    assert is_point(point_of(private_key(entropy)))


@pytest.mark.parametrize("value", [b"", b"\x04" + b"\0" * 64, BROWSER[:-1], b"\x02" + BROWSER[1:33], BROWSER + b"\0"])
def test_what_is_no_point_of_the_curve_is_no_public_key(value: bytes) -> None:
    assert is_point(BROWSER)
    assert not is_point(value)
