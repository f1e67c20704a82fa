"""One engine for the whole session: started here on a free port, deployed into, and gone at the end."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.stack.session import deployed, engine_python
from tests.stack.system import System


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a test that failed what the functions have logged meanwhile."""
    report = yield
    system = getattr(item, "funcargs", {}).get("system")
    if report.failed and isinstance(system, System):
        report.sections.append(("logs of the functions", "\n".join(system.logged_since(call.start))))
    return report


@pytest.fixture(scope="session", name="engine_python")
def _engine_python() -> Path:
    return engine_python()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Yield the deployed system."""
    with deployed(tmp_path_factory.mktemp("engine")) as system:
        yield system


@pytest.fixture
def lively(system: System) -> Iterator[System]:
    """Yield the system with the outside playing along: what is sent arrives, or not, and is reported."""
    with system.outside.playing_along(lambda: system.aws, system.stack.outputs):
        yield system


@pytest.fixture
def number(system: System) -> str:
    """Return a number of acme's live key: people can answer to it."""
    system.operator.give_number("acme", system.callers["live"].key, "+447700900060")
    return "+447700900060"
