"""The JavaScript client: its own tests, by Node's test runner."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local.places import ROOT
from tests.clients.node import node
from tests.clients.signed import BODY, NEW, NOW, Vector, vectors
from tocsin.webhooks.domain.standard_webhooks import signed_headers

SUITES = sorted((ROOT / "tests" / "clients" / "javascript").glob("*.test.js"))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_the_suite_passes(suite: Path, tmp_path: Path) -> None:
    fresh = Vector("fresh", True, signed_headers("evt_1", datetime.now(UTC), BODY.encode(), [NEW]))
    file = tmp_path / "vectors.json"
    # `Headers` of JavaScript trims its values and takes bytes only, so that no server gives it those of two vectors.
    told = [vector for vector in vectors() if vector.name not in (f"at {f' {NOW}'!r}", "at '٣'")]
    file.write_text(json.dumps({"now": NOW, "fresh": asdict(fresh), "vectors": [asdict(vector) for vector in told]}))

    done = subprocess.run(
        [node(), "--test", "--test-reporter=tap", str(suite)],
        env={**os.environ, "VECTORS": str(file)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) > 5
