"""Logs and metrics without personal data.

Log lines are JSON (Powertools Logger). They contain the constant message, numbers, enumerated words and the extra
fields in SAFE_FIELDS. Of an exception they contain its class, its `code` and where it was raised, but not its text,
because libraries quote their input in it. Anything that looks like an address, a number or a secret is removed.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

if TYPE_CHECKING:
    from aws_lambda_powertools import Metrics

NAMESPACE = "Tocsin"
"""CloudWatch namespace of every metric."""

SAFE_FIELDS = frozenset(
    {
        "alert", "attempt", "bytes", "callbacks", "cancelled", "channel", "chunk", "closed", "code", "count", "dialled",
        "early", "events", "expired", "failed", "fired", "held", "in_doubt", "item", "items", "key", "lane",
        "checked", "repaired",
        "milliseconds", "more", "object", "jobs_failed", "orders", "orders_failed", "outcome", "position", "queue",
        "reason", "receivers", "request_id", "requeued", "retried", "route", "schedule", "sent", "batch", "stale",
        "status", "store", "stores", "suppressed", "tenant", "timers", "unconfirmed", "unknown", "unqueued", "user",
        "verdict",
    }
)  # fmt: skip
"""Extra fields of a log line. They hold ids, counts and stable words; any other field is dropped."""

_LOOKS_PRIVATE = re.compile(
    r"""
      (?<![^\s@<>"'])[^\s@<>"']+@[^\s@<>"']+    # an email address
    | \+?\d[\d\s().-]{6,}\d              # a phone number, however it is written
    | \b(?=\w*\d)\w{20,}                 # a token
    """,
    re.VERBOSE,
)
_ID = re.compile(r"(?:[A-Z]+ )?(?=.*[A-Za-z])[A-Za-z0-9_.:/{}-]{1,100}")
_REDACTED = "[redacted]"


def scrubbed(text: str) -> str:
    """Return the text without anything that looks like an address, a number or a secret."""
    return _LOOKS_PRIVATE.sub(_REDACTED, text)


class RedactingFormatter(LambdaPowertoolsFormatter):
    """Writes a record as one line of JSON, by the rules of this module."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "level": record.levelname,
            "message": scrubbed(_message(record)),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
        }
        keys = {**self.thread_safe_get_current_keys(), **self.get_current_keys(), **record.__dict__}
        line.update({name: _safe(keys[name]) for name in sorted(SAFE_FIELDS & keys.keys())})
        if isinstance(keys.get("service"), str):
            line["service"] = keys["service"]
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            line["xray_trace_id"] = trace.split(";")[0].removeprefix("Root=")
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            line["exception"] = _exception(record.exc_info[1])
        return json.dumps(line, separators=(",", ":"), default=lambda _: _REDACTED)


def _message(record: logging.LogRecord) -> str:
    """Return the constant part of the message, filled with harmless arguments only."""
    if not isinstance(record.msg, str):
        return f"({type(record.msg).__name__})"
    if not record.args or not isinstance(record.args, tuple):
        return record.msg
    try:
        return record.msg % tuple(a if isinstance(a, int | float | Enum) else "…" for a in record.args)
    except (TypeError, ValueError):
        return record.msg


def _safe(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    # Only values that look like our ids are logged: no "@", and at most 100 characters.
    return value if isinstance(value, str) and _ID.fullmatch(value) else _REDACTED


def _exception(error: BaseException) -> dict[str, Any]:
    """Return class, code and place of an exception and of what caused it; never its text."""
    logged: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": _frames(error.__traceback__),
    }
    if isinstance(code := getattr(error, "code", None), str):
        logged["code"] = _safe(code)
    if isinstance(error.__cause__, BaseException):
        logged["cause"] = _exception(error.__cause__)
    return logged


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-12:]]


class _Stdout(logging.StreamHandler[Any]):
    """Writes to the current standard output, which tests replace."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stdout


_state: dict[str, Any] = {}


def configure(service: str) -> None:
    """Set up logging for this process. Libraries log through the same formatter, warnings and worse only."""
    if _state.get("service") == service:
        return
    formatter = RedactingFormatter()
    _state["service"] = service
    _state["logger"] = Logger(service=service, logger_formatter=formatter, logger_handler=_Stdout())
    logging.getLogger(service).propagate = False  # or the root logger writes every line again
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(_Stdout())
    for handler in root.handlers:
        handler.setFormatter(formatter)


def logger() -> Logger:
    """Return the process's logger."""
    if "logger" not in _state:
        configure(os.environ.get("POWERTOOLS_SERVICE_NAME", "tocsin"))
    found: Logger = _state["logger"]
    return found


def count(name: str, number: int, **dimensions: str) -> None:
    """Add to a metric; it is written after the access log line of the call (EMF, no API call)."""
    if "metrics" not in _state:
        from aws_lambda_powertools import Metrics

        _state["metrics"] = Metrics(namespace=NAMESPACE, service=_state.get("service"))
    from aws_lambda_powertools.metrics import MetricUnit

    metrics: Metrics = _state["metrics"]
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
    for key, value in dimensions.items():
        metrics.add_dimension(name=key, value=value)


def note(**facts: str | int) -> None:
    """Add facts about the current call to its access log line."""
    _state.setdefault("facts", {}).update(facts)


def called(*, route: str, status: int, seconds: float, request_id: str) -> None:
    """Write the access log line and the metrics of one HTTP call."""
    facts = _state.pop("facts", {})
    extra = {"route": route, "status": status, "milliseconds": round(seconds * 1000), "request_id": request_id, **facts}
    logger().info("call", extra=extra)
    if "metrics" in _state and _state["metrics"].metric_set:
        _state["metrics"].flush_metrics()
