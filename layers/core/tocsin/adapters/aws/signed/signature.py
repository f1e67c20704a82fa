"""AWS Signature Version 4 for requests whose whole body is at hand.

Source: AWS General Reference, "Create a signed AWS API request"; checked in the tests against botocore's own signer.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, and the session token that temporary ones come with."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @staticmethod
    def from_environment() -> Credentials | None:
        """Return the credentials Lambda puts into the environment of a function, None if there are none."""
        access, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
        if not access or not secret:
            return None
        return Credentials(access, secret, os.environ.get("AWS_SESSION_TOKEN") or None)


_KEPT = 64
"""Sets of headers whose canonical form is kept: an operation has one."""


class Signer:
    """Signs requests to one service in one Region.

    The day's key is derived once a day. The canonical form of the headers differs between two calls of an operation in
    its date only, so what stands before and after the date is kept.
    """

    def __init__(self, credentials: Credentials, region: str, service: str) -> None:
        self._credentials = credentials
        self._region = region
        self._service = service
        self._day = ""
        self._key = b""
        self._forms: dict[tuple[str, ...], tuple[str, str, str]] = {}

    def headers(
        self, method: str, host: str, path: str, headers: dict[str, str], body: bytes, now: datetime
    ) -> dict[str, str]:
        """Return `headers` with the date, token and authorization added.

        Args:
            path: already percent-encoded and without a query.
            headers: lower-case names; all of them are signed.
        """
        day = f"{now.year:04}{now.month:02}{now.day:02}"  # strftime takes as long as the whole signature
        stamp = f"{day}T{now.hour:02}{now.minute:02}{now.second:02}Z"
        sent = {**headers, "host": host, "x-amz-date": stamp}
        if self._credentials.token is not None:
            sent["x-amz-security-token"] = self._credentials.token
        before, after, signed = self._form(method, host, path, headers)
        canonical = f"{before}{stamp}{after}{_sha256(body)}"
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{_sha256(canonical.encode())}"
        signature = hmac.digest(self._key_of(day), text.encode(), "sha256").hex()
        access = self._credentials.access_key
        sent["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={access}/{scope}, SignedHeaders={signed}, Signature={signature}"
        )
        return sent

    def _form(self, method: str, host: str, path: str, headers: dict[str, str]) -> tuple[str, str, str]:
        """Return the canonical request up to the date, from the date to the body's hash, and the signed names."""
        place = (method, host, path, *headers, *headers.values())
        found = self._forms.get(place)
        if found is None:
            sent = {**headers, "host": host}
            if self._credentials.token is not None:
                sent["x-amz-security-token"] = self._credentials.token
            lines = sorted((name, f"{name}:{value.strip()}") for name, value in sent.items())
            earlier = [line for name, line in lines if name < "x-amz-date"]
            later = [line for name, line in lines if name > "x-amz-date"]
            signed = ";".join(sorted((*sent, "x-amz-date")))
            before = "\n".join((method, path, "", *earlier, "x-amz-date:"))
            found = before, "\n".join(("", *later, "", signed, "")), signed
            if len(self._forms) >= _KEPT:
                self._forms.clear()
            self._forms[place] = found
        return found

    def _key_of(self, day: str) -> bytes:
        if day != self._day:
            key = b"AWS4" + self._credentials.secret_key.encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._key, self._day = key, day
        return self._key


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
