"""A small client of the API: sends JSON, returns status and JSON."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `body`: parsed JSON, or `{"unparsed": text}`."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Api:
    """One caller of the API.

    Attributes:
        base: address without a trailing slash.
        key: API key, sent as a bearer token.
    """

    base: str
    key: str

    def post(self, path: str, body: Mapping[str, Any] | bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """POST JSON, or bytes as they are. An error status is returned, not raised."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._send("POST", path, data, headers or {})

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET a resource. An error status is returned, not raised."""
        return self._send("GET", path, None, headers or {})

    def put(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        """PUT a resource. An error status is returned, not raised."""
        return self._send("PUT", path, json.dumps(body).encode(), headers or {})

    def patch(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
        """PATCH a resource. An error status is returned, not raised."""
        return self._send("PATCH", path, json.dumps(body).encode(), headers or {})

    def delete(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """DELETE a resource. An error status is returned, not raised."""
        return self._send("DELETE", path, None, headers or {})

    def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        if self.key:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Answer(reply.status, _parsed(reply.read()), dict(reply.headers))
        except urllib.error.HTTPError as reply:
            return Answer(reply.code, _parsed(reply.read()), dict(reply.headers))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return {"unparsed": body.decode(errors="replace")}
