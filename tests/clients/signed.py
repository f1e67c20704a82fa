"""Callbacks as the server signs them, and forgeries: the same for both clients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tocsin.webhooks.domain.standard_webhooks import new_secret, signed_headers

OLD, NEW, OTHER = new_secret(b"o" * 24), new_secret(b"n" * 32), new_secret(b"x" * 24)
NOW = 1_790_000_000
BODY = '{"event":"sent","reply":"Zoë"}'


@dataclass(frozen=True)
class Vector:
    """One callback, and whether it is to be believed at NOW."""

    name: str
    good: bool
    headers: dict[str, str]
    secrets: Sequence[str] = (NEW,)
    body: str = BODY


def _signed(at: int = NOW, secrets: Sequence[str] = (NEW,), body: str = BODY) -> dict[str, str]:
    return signed_headers("evt_1", datetime.fromtimestamp(at, UTC), body.encode(), secrets)


def vectors() -> Iterator[Vector]:
    """Yield callbacks that are signed well, and all that can be wrong with one."""
    good = Vector("signed", True, _signed())
    signature = good.headers["webhook-signature"]
    yield good
    yield replace(
        good,
        name="a form",
        headers=_signed(body="event=sent&alertees=a&alertees=b"),
        body="event=sent&alertees=a&alertees=b",
    )
    yield replace(good, name="nothing in it", headers=_signed(body=""), body="")
    yield replace(good, name="rotated, the new secret is known", headers=_signed(secrets=(NEW, OLD)))
    yield replace(good, name="rotated, the old secret is known", headers=_signed(secrets=(NEW, OLD)), secrets=(OLD,))
    yield replace(good, name="both secrets are known", headers=_signed(secrets=(OLD,)), secrets=(NEW, OLD))
    yield replace(
        good,
        name="a signature of a later version too",
        headers=good.headers | {"webhook-signature": f"v2,abc {signature}"},
    )
    yield replace(good, name="upper case", headers={name.upper(): value for name, value in good.headers.items()})
    yield replace(good, name="five minutes old", headers=_signed(NOW - 300))
    yield replace(good, name="five minutes ahead", headers=_signed(NOW + 300))
    bad = replace(good, good=False)
    yield replace(bad, name="too old", headers=_signed(NOW - 301))
    yield replace(bad, name="too far ahead", headers=_signed(NOW + 301))
    yield replace(bad, name="another body", body=BODY + " ")
    yield replace(bad, name="another secret", secrets=(OTHER, OLD))
    yield replace(bad, name="no secret", secrets=())
    yield replace(bad, name="another id", headers=good.headers | {"webhook-id": "evt_2"})
    yield replace(bad, name="made young again", headers=_signed(NOW - 900) | {"webhook-timestamp": str(NOW)})
    yield replace(
        bad, name="an unknown version", headers=good.headers | {"webhook-signature": signature.replace("v1,", "v2,")}
    )
    yield replace(bad, name="half a signature", headers=good.headers | {"webhook-signature": signature[:20]})
    yield replace(bad, name="no signature", headers=good.headers | {"webhook-signature": ""})
    for header in good.headers:
        yield replace(bad, name=f"without {header}", headers={n: v for n, v in good.headers.items() if n != header})
    for word in ("", "soon", "-1", f"{NOW}.5", f" {NOW}", "NaN", "1e10", "٣", "9" * 5_000):
        yield replace(bad, name=f"at {word[:12]!r}", headers=good.headers | {"webhook-timestamp": word})
