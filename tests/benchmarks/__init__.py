"""Budgets, measured honestly: ratios taken in one run, denominators of our own, distinct deliveries counted at the stub.

python -m tests.benchmarks [--only 1,4] [--quick]      (`make bench`)
"""

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("tocsin") is None:
    _ROOT = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(_ROOT / "layers" / "core"), str(_ROOT / "functions")]
