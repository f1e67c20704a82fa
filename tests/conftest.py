"""Settings of every suite, and what its files cost: a run ends with the ten dearest by processor time."""

from __future__ import annotations

import gc
import os
import resource
import time
from collections import defaultdict
from collections.abc import Generator

import pytest
from hypothesis import settings

# A wall clock says more about the machine than about the code: no example has to be over by a deadline.
# Each run makes other examples, so few in each run are many in a week.
EXAMPLES = int(os.environ.get("TOCSIN_EXAMPLES", "40"))
"""Examples of a property that does not say how many it needs."""

settings.register_profile("tests", deadline=None, max_examples=EXAMPLES)
settings.load_profile("tests")

# Importing and collecting leave no garbage worth a look, and what they leave stays until the end.
gc.disable()


def pytest_collection_finish() -> None:
    """Let the garbage collector look at what tests make, and not again and again at ten thousand collected tests."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


class Costs:
    """Processor seconds of each file, children's included: with setup, tests and teardown.

    A worker notes what each phase of a test took in its report; the session that prints has the reports of all workers.
    """

    def __init__(self) -> None:
        self._read = _used()
        self._by_file: defaultdict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note what was used since the last report."""
        report = yield
        before, self._read = self._read, _used()
        report.cost = self._read - before  # type: ignore[attr-defined]
        return report

    def pytest_collection_finish(self) -> None:
        """Leave out what collecting took."""
        self._read = _used()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a phase of a test to its file."""
        self._by_file[report.nodeid.partition("::")[0]] += getattr(report, "cost", 0.0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the dearest files."""
        if not self._by_file:
            return
        terminalreporter.section(f"processor seconds: {sum(self._by_file.values()):.0f}; the dearest files")
        for path, seconds in sorted(self._by_file.items(), key=lambda each: -each[1])[:10]:
            terminalreporter.write_line(f"{seconds:6.1f}  {path}")


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def pytest_configure(config: pytest.Config) -> None:
    """Count what the tests cost."""
    config.pluginmanager.register(Costs(), "costs")
