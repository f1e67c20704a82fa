"""The low-level clients that the adapters call, and the reading of their errors.

The protocols name only the methods in use, with boto3's names, so that a thin signed client can replace boto3.
Clients retry a call that fails as a whole. The adapters add a `Backoff` only for calls with several parts, of which
some were throttled.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from tocsin.kernel.domain.errors import StorageUnavailable

Item = dict[str, Any]
"""A row in wire form: attribute name to `{type: value}`."""


class DynamoDb(Protocol):
    """boto3's low-level DynamoDB client, as far as it is used."""

    def get_item(self, *args: Any, **request: Any) -> Any:
        """GetItem."""

    def batch_get_item(self, *args: Any, **request: Any) -> Any:
        """BatchGetItem."""

    def batch_write_item(self, *args: Any, **request: Any) -> Any:
        """BatchWriteItem."""

    def put_item(self, *args: Any, **request: Any) -> Any:
        """PutItem."""

    def update_item(self, *args: Any, **request: Any) -> Any:
        """UpdateItem."""

    def delete_item(self, *args: Any, **request: Any) -> Any:
        """DeleteItem."""

    def query(self, *args: Any, **request: Any) -> Any:
        """Query."""

    def transact_write_items(self, *args: Any, **request: Any) -> Any:
        """TransactWriteItems."""

    def batch_execute_statement(self, *args: Any, **request: Any) -> Any:
        """BatchExecuteStatement."""


class ObjectStore(Protocol):
    """boto3's S3 client, as far as it is used."""

    def get_object(self, *args: Any, **request: Any) -> Any:
        """GetObject."""

    def put_object(self, *args: Any, **request: Any) -> Any:
        """PutObject."""

    def delete_object(self, *args: Any, **request: Any) -> Any:
        """DeleteObject."""


class ConditionFailed(Exception):
    """The condition of a single write did not hold; `current` is the existing row, if the call asked for it."""

    def __init__(self, current: Item | None) -> None:
        self.current = current
        super().__init__("a condition did not hold")


class Cancelled(Exception):
    """A transaction was cancelled; `reasons` has one entry per action, in order, with `Code` and perhaps `Item`."""

    def __init__(self, reasons: Sequence[Item]) -> None:
        self.reasons = reasons
        super().__init__("transaction cancelled: " + ", ".join(sorted({reason.get("Code", "?") for reason in reasons})))


TRY_AGAIN = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Error codes of calls, and of parts of a call, after which a retry may succeed."""


@contextmanager
def errors_mapped() -> Iterator[None]:
    """Run a vendor call.

    Raises:
        StorageUnavailable: throttled, failed on the server's side, or not answered in time.
        ConditionFailed, Cancelled: a condition failed; the adapter reads which.
        ClientError: anything else, a bug.
    """
    try:
        yield
    except ClientError as error:
        answer: Item = dict(error.response)
        code = answer.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed(answer.get("Item")) from error
        if code == "TransactionCanceledException":
            raise Cancelled(answer.get("CancellationReasons", [])) from error
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if code in TRY_AGAIN or status >= 500:
            raise StorageUnavailable(f"the store answered {code or status}") from error
        raise
    except (HTTPClientError, NoConnection, ConnectionError, TimeoutError) as error:
        raise StorageUnavailable(f"the store did not answer: {type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class Backoff:
    """Full-jitter waits between tries.

    Attributes:
        tries: how often in all.
        base, cap: seconds; the wait before try n is uniform up to min(cap, base * 2 ** n).
    """

    tries: int = 6
    base: float = 0.025
    cap: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    fraction: Callable[[], float] = random.random

    def __iter__(self) -> Iterator[int]:
        """Yield the number of each try from 0, after its wait."""
        for attempt in range(self.tries):
            if attempt:
                self.sleep(min(self.cap, self.base * 2**attempt) * self.fraction())
            yield attempt
