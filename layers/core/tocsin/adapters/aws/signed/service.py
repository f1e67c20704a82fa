"""One endpoint of a service: signs requests, repeats them where that is safe, and reads refusals as botocore does."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from tocsin.adapters.aws.signed.connections import Connections
from tocsin.adapters.aws.signed.signature import Signer
from tocsin.adapters.outbound.http1 import Answer

_THROTTLED = re.compile(
    "Throttl|TooManyRequests|ProvisionedThroughput|RequestLimit|SlowDown|LimitExceeded|TransactionInProgress"
)

_Hook = Callable[[dict[str, Any]], Any] | None


class Service:
    """One endpoint: signs, sends, tries again where a repeat is safe, and raises botocore's errors."""

    def __init__(self, signer: Signer, connections: Connections, attempts: int, pause: Callable[[float], None]) -> None:
        self._signer = signer
        self._connections = connections
        self._attempts = attempts
        self._pause = pause

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes, refused: Callable[[Answer], ClientError]
    ) -> Answer:
        """Send, and return the answer of a call that succeeded.

        Args:
            path: already percent-encoded and without a query.
            headers: lower-case names.

        Raises:
            ClientError: the service refused it.
            botocore.exceptions.*: no answer (see Connections.send).
        """
        host = self._connections.host_header
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            signed = self._signer.headers(method, host, path, headers, body, datetime.now(UTC))
            try:
                answer = self._connections.send(method, path, signed, body)
            except (HTTPClientError, ConnectionError):
                if last:
                    raise
            else:
                if answer.status < 300:
                    return answer
                error = refused(answer)
                passing = answer.status >= 500 or _THROTTLED.search(error.response["Error"]["Code"])
                if last or not passing:
                    raise error
            self._pause(min(1.0, 0.05 * 2**attempt) * random.random())  # noqa: S311  (jitter)
        raise AssertionError("the last attempt returns or raises")

    def begin(
        self, method: str, path: str, headers: dict[str, str], body: bytes, refused: Callable[[Answer], ClientError]
    ) -> Callable[[], Answer] | None:
        """Send once if a connection is idle, and return what waits for the answer; else None. Raises as `send`."""
        host = self._connections.host_header
        signed = self._signer.headers(method, host, path, headers, body, datetime.now(UTC))
        read = self._connections.begin(method, path, signed, body)

        def wait() -> Answer:
            assert read is not None
            answer = read()
            if answer.status >= 300:
                raise refused(answer)
            return answer

        return None if read is None else wait


def base64_text(value: object) -> str:
    """Return bytes as JSON has them; the `default` of `json.dumps`."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be sent")


def refused_json(answer: Answer, operation: str, read: _Hook = None) -> ClientError:
    """Return the error of a refusal in JSON. `read` is an object hook of `json.loads`."""
    try:
        body = json.loads(answer.body, object_hook=read)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    code = (
        body.pop("__type", None)
        or answer.headers.get("x-amzn-errortype")
        or body.pop("code", None)
        or str(answer.status)
    )
    # SQS answers old clients' codes in this header, and botocore prefers them: AWS.SimpleQueueService.…;Sender
    if query_code := answer.headers.get("x-amzn-query-error"):
        code = query_code.split(";")[0]
    code = code.rpartition("#")[2].split(":")[0]
    message = body.pop("message", None) or body.pop("Message", None) or ""
    response = {**body, "Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata(answer)}
    return ClientError(response, operation)  # type: ignore[arg-type]


def metadata(answer: Answer) -> dict[str, Any]:
    """Return `ResponseMetadata` of botocore."""
    return {"HTTPStatusCode": answer.status, "HTTPHeaders": answer.headers}
