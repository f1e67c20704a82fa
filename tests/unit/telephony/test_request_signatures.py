"""Which requests are a source's own: signatures of vendors, and secrets."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tocsin.telephony.domain.request_signatures import (
    SIGNATURES,
    SignedRequest,
    form_signature,
    is_one_of,
    is_signed,
    presented_secret,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
AT = str(int(NOW.timestamp()))
URL = "https://tocsin.example/live/events/acme-1a2b3c4d"
RECORDED = json.loads((Path(__file__).parents[2] / "events/twilio_signatures.json").read_text())
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = b64encode(PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
BODY = b'{"id": "ev-1", "type": "call.ended"}'


def hmac_of(key: str, signed: bytes) -> str:
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def twilio_json() -> SignedRequest:
    url = f"{URL}?bodySHA256={hashlib.sha256(BODY).hexdigest()}"
    return SignedRequest(url, {"x-twilio-signature": form_signature("secret", url, {})}, BODY)


def telnyx() -> SignedRequest:
    signature = b64encode(PRIVATE.sign(f"{AT}|".encode() + BODY)).decode()
    return SignedRequest(URL, {"telnyx-signature-ed25519": signature, "telnyx-timestamp": AT}, BODY)


def fspbx() -> SignedRequest:
    return SignedRequest(URL, {"signature": hmac_of("secret", BODY), "timestamp": AT}, BODY)


def didww() -> SignedRequest:
    return SignedRequest(URL, {"x-ps-signature": f"t={AT},v1={hmac_of('secret', f'{AT}.'.encode() + BODY)}"}, BODY)


SIGNED = {
    "twilio": ("secret", twilio_json()),
    "telnyx": (PUBLIC, telnyx()),
    "fspbx": ("secret", fspbx()),
    "didww": ("secret", didww()),
}


def test_every_vendor_that_signs_is_tried() -> None:
    assert set(SIGNED) == set(SIGNATURES)


@pytest.mark.parametrize("vendor", SIGNED)
def test_al_2_a_request_that_its_vendor_signed_is_believed(vendor: str) -> None:
    key, request = SIGNED[vendor]

    assert is_signed(vendor, [key], request, NOW)
    assert is_signed(vendor, ["another", key], request, NOW)


@pytest.mark.parametrize("vendor", SIGNED)
def test_al_2_whatever_is_altered_is_not_believed(vendor: str) -> None:
    key, request = SIGNED[vendor]
    [(header, signature), *_] = request.headers.items()
    altered = [
        replace(request, body=request.body + b" "),
        replace(request, headers={}),
        *(replace(request, headers={**request.headers, header: given}) for given in ("", "ü", "v1", signature[:-4])),
    ]

    assert not any(is_signed(vendor, [key], each, NOW) for each in altered)
    assert not is_signed(vendor, [], request, NOW)
    assert not is_signed(vendor, ["another", b64encode(b"x" * 32).decode()], request, NOW)


@pytest.mark.parametrize("vendor", ["telnyx", "didww"])
def test_a_signed_time_ends_the_life_of_a_request(vendor: str) -> None:
    key, request = SIGNED[vendor]

    assert is_signed(vendor, [key], request, NOW + timedelta(minutes=5))
    assert not is_signed(vendor, [key], request, NOW + timedelta(minutes=5, seconds=1))
    assert not is_signed(vendor, [key], request, NOW - timedelta(minutes=6))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["what"]) for case in RECORDED["cases"]])
def test_al_2_what_twilios_own_library_signed_is_believed(case: dict[str, Any]) -> None:
    body = urlencode(case["fields"], doseq=True).encode()
    request = SignedRequest(case["url"], {"x-twilio-signature": case["signature"]}, body)

    assert is_signed("twilio", [RECORDED["token"]], request, NOW)
    assert not is_signed("twilio", [RECORDED["token"]], replace(request, body=body + b"&From=%2B1"), NOW)


def test_a_form_with_more_fields_than_vendors_send_is_not_believed() -> None:
    fields = {f"a{n}": ["1"] for n in range(101)}
    request = SignedRequest(URL, {"x-twilio-signature": form_signature("secret", URL, fields)}, b"")

    assert not is_signed("twilio", ["secret"], replace(request, body=urlencode(fields, doseq=True).encode()), NOW)


def basic(text: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    ("headers", "query", "secret"),
    [
        (basic("acme-1:s3:cret"), {}, "s3:cret"),
        ({"authorization": basic("acme-1:s3")["authorization"].replace("Basic", "basic")}, {}, "s3"),
        (basic("acme-2:s3"), {"token": "x"}, None),
        (basic("acme-1"), {}, None),
        ({"authorization": "Basic ?"}, {}, None),
        ({"authorization": "Basic gICA"}, {}, None),
        ({"x-api-key": "s3"}, {"token": "x"}, "s3"),
        ({"authorization": "Bearer s3"}, {}, None),
        ({}, {"token": "s3"}, "s3"),
        ({}, {"token": ""}, None),
        ({}, {}, None),
    ],
)
def test_al_2_a_secret_is_shown_in_one_of_three_ways(
    headers: dict[str, str], query: dict[str, str], secret: str | None
) -> None:
    assert presented_secret("acme-1", headers, query) == secret


def test_both_live_secrets_count_and_no_other() -> None:
    assert is_one_of("new", ["new", "old"])
    assert is_one_of("old", ["new", "old"])
    assert not is_one_of("", ["new", "old"])
    assert not is_one_of("\ud800", ["new"])
    assert not is_one_of("", [])
