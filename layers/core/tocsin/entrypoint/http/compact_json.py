"""JSON as it is kept and compared."""

from __future__ import annotations

import json
from typing import Any


def compact(value: Any) -> str:
    """Return JSON text without blanks, keys in order: equal for equal values."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
