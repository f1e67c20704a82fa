"""What counted calls, units and waits cost on AWS: list prices of us-east-1, on demand, November 2026.

Left out, because the run does not show them: the provider's own price (100 to 10,000 times all of this), CPU of our code
(about $0.2 for a million alerts to one), logs, traces, the firewall, KMS and free quotas. docs/operations.md has those
that matter.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from infra.cloudformation import parsed
from infra.template.make import HERE
from tocsin.alerts.domain.alert import BATCH_SIZE

PRICES = {"WRU": 0.625, "RRU": 0.125, "SQS": 0.40, "API": 3.50, "Lambda": 0.20, "GB-s": 16.67}
"""US dollars per million. `API`: a request of a REST API. `GB-s`: of a function on x86_64."""

STORE_CALL, PROVIDER_CALL = 0.005, 0.060
"""What a call is taken to last on AWS, in seconds. A function is billed while it waits."""

SIDE_BY_SIDE = 10
"""Provider calls of a batch at the same time, as in the template."""

POLLERS = frozenset({"AmazonSQS.ReceiveMessage", "AmazonSQS.DeleteMessageBatch"})
"""Calls of Lambda's pollers: each is billed, but no function waits for it."""

Phase = Mapping[str, Any]


@functools.cache
def memory(function: str) -> float:
    """Return the GB of a function, by its name in infra/template/functions.yaml."""
    megabytes: int = parsed((HERE / "functions.yaml").read_text())[function]["memory"]
    return megabytes / 1024


def price_of(phase: Phase, function: str, *, requests: int = 0, invocations: int = 0, rounds: int = 0) -> float:
    """Return US dollars for a million times what one function did in a phase.

    Args:
        phase: `calls` by `Service.Operation`, and request units as `writes` and `reads`.
        requests: requests of the API.
        rounds: how often the function waited for the provider.
    """
    waits = sum(number for call, number in phase["calls"].items() if call not in POLLERS and call != "SNS.Publish")
    seconds = waits * STORE_CALL + rounds * PROVIDER_CALL
    return float(
        phase["writes"] * PRICES["WRU"]
        + phase["reads"] * PRICES["RRU"]
        + queue_calls(phase) * PRICES["SQS"]
        + requests * PRICES["API"]
        + invocations * PRICES["Lambda"]
        + seconds * memory(function) * PRICES["GB-s"]
    )


def queue_calls(phase: Phase) -> int:
    """Return how many calls SQS bills."""
    return sum(count for call, count in phase["calls"].items() if call.startswith("AmazonSQS"))


def rounds_of(receivers: int) -> int:
    """Return how often workers wait for the provider: a batch is sent ten at a time."""
    full, rest = divmod(receivers, BATCH_SIZE)
    return full * -(-BATCH_SIZE // SIDE_BY_SIDE) + -(-rest // SIDE_BY_SIDE)
