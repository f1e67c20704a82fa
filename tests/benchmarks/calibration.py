"""How fast is the machine right now: a fixed kernel before and after every measurement.

Shared machines drift by a factor of two within minutes. A ratio is printed only if the kernel moved by less than
`MOST_DRIFT` between the two sides.
"""

from __future__ import annotations

import hashlib
import json
import os
import time

MOST_DRIFT = 1.3


def kernel() -> float:
    """Return the CPU seconds of a fixed piece of Python work, about 0.1 s on a 2.5 GHz core."""
    started = time.process_time()
    digest = b""
    for number in range(9_000):
        text = json.dumps({"n": number, "to": f"+4477009{number:05}", "text": "x" * 40})
        digest = hashlib.sha256(digest + json.loads(text)["to"].encode()).digest()
    return time.process_time() - started


def load() -> float:
    """Return the one-minute load average."""
    return os.getloadavg()[0]
