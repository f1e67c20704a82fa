"""The callback receivers of the READMEs take what the server signed, and nothing else."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local.places import free_port
from tests.clients.examples import LANGUAGES, program
from tests.clients.signed import NEW, OTHER
from tocsin.webhooks.domain.standard_webhooks import signed_headers

BODY = b'{"event": "sent", "alertees": ["+447700900001"]}'


def _posted(port: int, secret: str) -> int:
    headers = signed_headers("evt_1", datetime.now(UTC), BODY, [secret])
    request = urllib.request.Request(f"http://127.0.0.1:{port}/callbacks", BODY, headers)
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receiver_of_the_readme_works(language: str, tmp_path: Path) -> None:
    port = free_port()
    command, own = program(language, 1, tmp_path)
    receiver = subprocess.Popen(
        command,
        env={**os.environ, **own, "PORT": str(port), "SECRET": NEW},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert (_posted(port, NEW), _posted(port, OTHER)) == (204, 400)
    finally:
        receiver.terminate()
        said, _ = receiver.communicate(timeout=20)
    assert said.split() in (["sent", "['+447700900001']"], ["sent", "[", "'+447700900001'", "]"])
