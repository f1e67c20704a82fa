"""Sends calls, repeats those that may succeed later, and reads lists page by page."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from email.message import Message
from http.client import HTTPException
from typing import Any, Generic, TypeVar

from tocsin_client.errors import APIConnectionError, APIStatusError, APITimeoutError, TocsinError, status_error

VERSION = "0.1.0"

LONGEST_WAIT = 60.0
"""Seconds. If the API asks for a longer pause, the error is raised at once."""

_FIRST_WAIT, _MOST_WAIT = 0.5, 8.0

T = TypeVar("T")


class Pages(Generic[T]):
    """A list that is read while it is iterated. Each iteration begins anew.

    Args:
        fetch: returns the page `{items, next_cursor}` at a cursor; None = the first one.
    """

    def __init__(self, fetch: Callable[[str | None], Any], cursor: str | None = None) -> None:
        self._fetch = fetch
        self._cursor = cursor

    def __iter__(self) -> Iterator[T]:
        """Yield every item."""
        for page in self.pages():
            yield from page["items"]

    def pages(self) -> Iterator[Any]:
        """Yield every page as it came."""
        cursor = self._cursor
        while True:
            page = self._fetch(cursor)
            yield page
            cursor = page["next_cursor"]
            if not cursor:
                return


class Transport:
    """One caller of the API. Threads may share it.

    Args:
        base_url: of the API, up to the stage.
        api_key: sent as a bearer token.
        timeout: seconds without any progress after which an attempt ends.
        max_retries: attempts after the first one. Connection errors, 429 and 5xx (but 501) are tried again, after the
            time that `Retry-After` says. A repeated call has the same `Idempotency-Key`, so that it is done once.
        sleep: waits between attempts.

    Raises:
        ValueError: `base_url` is no HTTP URL.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: float = 30.0,
        max_retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not base_url.startswith(("https://", "http://")):
            raise ValueError("base_url must begin with https:// or http://")
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeout = timeout
        self._max_retries = max_retries
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_StayHere)

    def _pages(self, path: str, query: Mapping[str, Any]) -> Pages[Any]:
        def fetch(cursor: str | None) -> Any:
            return self._request("GET", path, query={**query, "cursor": cursor})

        return Pages(fetch, query["cursor"])

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:
        """Make a call. What is None in query and headers is not sent, but an Idempotency-Key is made up."""
        request = urllib.request.Request(self._base_url + path + _encoded(query or {}), method=method)
        sent = {"Authorization": f"Bearer {self._api_key}", "Accept": "application/json"}
        sent["User-Agent"] = f"tocsin-client-python/{VERSION}"
        if body is not None:
            request.data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        for name, value in (headers or {}).items():
            if value is not None or name == "Idempotency-Key":
                sent[name] = value or str(uuid.uuid4())
        for name, value in sent.items():
            request.add_header(name, value)
        attempt = 0
        while True:
            try:
                return self._attempt(request)
            except TocsinError as error:
                wait = _wait(error, attempt)
                if wait is None or attempt >= self._max_retries:
                    raise
            self._sleep(wait)
            attempt += 1

    def _attempt(self, request: urllib.request.Request) -> Any:
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return _parsed(answer.status, answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                raise status_error(answer.code, _json_or_text(answer.read()), _seconds(answer.headers)) from None
        except TimeoutError as error:
            raise APITimeoutError(f"no answer within {self._timeout} s") from error
        except (OSError, HTTPException) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise APITimeoutError(f"no connection within {self._timeout} s") from error
            raise APIConnectionError(str(error) or type(error).__name__) from error


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the API gives none, and the key must not go to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


def part(value: str) -> str:
    """Return a value as one part of a path."""
    return urllib.parse.quote(value, safe="")


def _encoded(query: Mapping[str, Any]) -> str:
    given = {name: _word(value) for name, value in query.items() if value is not None}
    return "?" + urllib.parse.urlencode(given) if given else ""


def _word(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _parsed(status: int, body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        raise APIStatusError(status, body.decode(errors="replace")) from error


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


def _seconds(headers: Message) -> float | None:
    word = str(headers.get("Retry-After", ""))
    return float(word) if word.isdecimal() else None


def _wait(error: TocsinError, attempt: int) -> float | None:
    """Return the seconds until the next attempt, None if there is to be none. `attempt`: from 0."""
    if not error.retryable:
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT else None
    return min(_FIRST_WAIT * 2.0**attempt, _MOST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - it spreads callers
