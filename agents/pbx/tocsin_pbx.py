#!/usr/bin/env python3
"""Bring the events of an Asterisk or a FreeSWITCH to Tocsin. One file, standard library, Python 3.8 or newer.

The agent runs beside the telephone system:

    Asterisk, port 5038 (AMI) ────┐
                                  ├─► batch of ≤ 100 events or 1 s ─► file in the spool, fsync ─► POST to the source
    FreeSWITCH, port 8021 (ESL) ──┘                                         └─ deleted after 2xx, repeated for 72 hours

A batch is a JSON array of the events as the telephone system sent them. Each event has two more fields: `AgentEventId`,
`<name>:<start of the agent>:<counter>`, which stays the same in every repeat, and `AgentTime`, when it was read.

    tocsin_pbx.py --config /etc/tocsin-pbx.ini --check    says what is wrong, and sends nothing
    tocsin_pbx.py --config /etc/tocsin-pbx.ini            runs until SIGTERM
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import errno
import http.client
import json
import os
import queue
import random
import re
import signal
import socket
import ssl
import stat
import sys
import threading
import time
import traceback
from collections import deque
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import Callable, Dict, Iterator, List, Mapping, NamedTuple, Sequence, Union
from urllib.parse import urlsplit

BATCH = 100
BATCH_SECONDS = 1.0
BATCH_BYTES = 500_000
EVENT_BYTES = 60_000
"""A longer event is dropped: Tocsin takes 64 KB."""

KEEP_SECONDS = 72 * 3600
"""Older batches are dropped: Tocsin tells no event that is older."""

MEMORY_BATCHES = 100
"""Batches that wait in memory while the disk takes none."""

HTTP_SECONDS = 20.0
QUIET_SECONDS = 30.0
"""After this time without a word the agent asks whether the telephone system is there; after twice, it reconnects."""

LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 600.0

SECRET_FIELD = re.compile(r"passw|secret", re.IGNORECASE)
"""Fields of events that never leave the telephone system."""

Event = Dict[str, Union[str, List[str]]]


class Problem(Exception):
    """Something that the administrator has to know, in plain words. It never holds a password."""


def log(words: str) -> None:
    """Write a line to the journal."""
    print(words, file=sys.stderr, flush=True)


# --- Configuration ---------------------------------------------------------------------------------------------------


class Config(NamedTuple):
    """What the file or the environment says; `tocsin-pbx.ini` in the README explains each."""

    url: str
    secret: str
    ca: str | None
    kind: str
    host: str
    port: int
    user: str
    password: str
    tls: bool
    events: tuple[str, ...]
    spool: Path
    name: str


OPTIONS = ("url", "secret", "ca", "kind", "host", "port", "user", "password", "tls", "events", "spool", "name")


def read_config(path: str | None, environ: Mapping[str, str]) -> Config:
    """Read section [tocsin] of the file; TOCSIN_PBX_<OPTION> of the environment counts more.

    Raises:
        Problem: names all faults.
    """
    options = _options_of_file(path) if path else {}
    faults = [f"the option {name!r} is unknown" for name in options if name not in OPTIONS]
    options.update({name: environ[key] for name in OPTIONS if (key := f"TOCSIN_PBX_{name.upper()}") in environ})
    given = {name: value.strip() for name, value in options.items()}

    faults += _faults(given)
    if faults:
        raise Problem("; ".join(faults))
    system = SYSTEMS[given["kind"]]
    return Config(
        url=given["url"],
        secret=given["secret"],
        ca=given.get("ca") or None,
        kind=given["kind"],
        host=given.get("host") or "127.0.0.1",
        port=int(given.get("port") or system.port),
        user=given.get("user", ""),
        password=given["password"],
        tls=given.get("tls") == "yes",
        events=tuple(given.get("events", "").replace(",", " ").split()) or system.events,
        spool=Path(given.get("spool") or environ.get("STATE_DIRECTORY") or "/var/lib/tocsin-pbx"),
        name=given.get("name") or socket.gethostname(),
    )


def _faults(given: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with the options."""
    kind, port = given.get("kind", ""), given.get("port") or "1"
    if kind not in SYSTEMS:
        yield "kind must be asterisk or freeswitch"
    for name in ("url", "secret", "password", *(["user"] if kind == "asterisk" else [])):
        if not given.get(name):
            yield f"{name} is missing"
    for name, value in given.items():
        if name != "events" and re.search(r"[\x00-\x1f\x7f]", value):
            yield f"{name} holds a line break or a control character"
    if given.get("url"):
        yield from _faults_of_url(given["url"])
    if not (port.isdecimal() and 0 < int(port) < 65536):
        yield f"port must be a number up to 65535, and is {port!r}"
    if given.get("tls", "no") not in ("yes", "no"):
        yield "tls must be yes or no"
    if not given.get("secret", "").isascii():
        yield "secret holds a character that no secret of Tocsin has"


def _options_of_file(path: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
        return dict(parser["tocsin"])
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from None
    except KeyError:
        raise Problem(f"{path} has no section [tocsin]") from None
    except (configparser.Error, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", ())), ("?",))[0]
        raise Problem(f"{path} is no ini file: look at line {line}") from None  # its text may hold the password


def _faults_of_url(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it raises
    except ValueError:
        yield "url is not a URL"
        return
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not loopback):
        yield "url must begin with https:// (http:// is for 127.0.0.1 only)"
    if not re.search(r"/events/[^/]+$", parts.path):
        yield "url must end in /events/ and the id of the source, as the console shows it"
    if parts.query or parts.username:
        yield "url must hold no secret: give it as the option secret"


# --- Telephone systems -----------------------------------------------------------------------------------------------


class Connection:
    """A connection to the telephone system. It asks for a sign of life if nothing comes for `QUIET_SECONDS`."""

    LONGEST = 4_000_000

    def __init__(self, sock: socket.socket, where: str) -> None:
        self._sock = sock
        self._where = where
        self.keepalive = ""
        self._buffer = b""
        self._silent = False
        sock.settimeout(QUIET_SECONDS)

    def until(self, mark: bytes) -> bytes:
        """Return what comes before `mark`, and forget both."""
        while mark not in self._buffer:
            if len(self._buffer) > self.LONGEST:
                raise Problem(f"{self._where} sends something endless")
            self._buffer += self._receive()
        found, self._buffer = self._buffer.split(mark, 1)
        return found

    def exactly(self, size: int) -> bytes:
        """Return this many bytes."""
        if size > self.LONGEST:
            raise Problem(f"{self._where} sends something endless")
        while len(self._buffer) < size:
            self._buffer += self._receive()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def send(self, text: str) -> None:
        """Send a command."""
        self._sock.sendall(text.encode())

    def close(self) -> None:
        """End the connection."""
        self._sock.close()

    def _receive(self) -> bytes:
        while True:
            try:
                received = self._sock.recv(65536)
            except socket.timeout:
                if self._silent or not self.keepalive:
                    raise Problem(f"{self._where} said nothing for {2 * QUIET_SECONDS:.0f} seconds") from None
                self._silent = True
                self.send(self.keepalive)
                continue
            self._silent = False
            if not received:
                raise Problem(f"{self._where} closed the connection")
            return received


def fields_of(block: bytes) -> Event:
    """Return the fields of lines `Name: value`; a name that comes several times has a list."""
    found: Event = {}
    for line in block.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            continue
        value = value.strip()
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


def log_in_to_asterisk(connection: Connection, config: Config) -> None:
    """Log in by AMI.

    Raises:
        Problem: says what the administrator has to change.
    """
    greeting = connection.until(b"\n")
    if not greeting.startswith(b"Asterisk Call Manager"):
        raise Problem(f"what answers on {config.host}:{config.port} is no Asterisk manager: is the port right?")
    connection.send(f"Action: Login\r\nUsername: {config.user}\r\nSecret: {config.password}\r\nEvents: on\r\n\r\n")
    answer: Event = {}
    while "Response" not in answer:
        answer = fields_of(connection.until(b"\r\n\r\n"))
    if answer["Response"] != "Success":
        raise Problem(
            f"Asterisk refused the login of user {config.user!r}: {answer.get('Message', 'no reason given')}. "
            "Look at this user's secret, deny and permit in manager.conf"
        )


def events_of_asterisk(connection: Connection) -> Iterator[Event]:
    """Yield every event of AMI."""
    while True:
        fields = fields_of(connection.until(b"\r\n\r\n"))
        if "Event" in fields:
            yield fields


def log_in_to_freeswitch(connection: Connection, config: Config) -> None:
    """Log in by ESL, and subscribe to the events.

    Raises:
        Problem: says what the administrator has to change.
    """
    greeting, _ = _esl_message(connection)
    if greeting.get("Content-Type") == "text/rude-rejection":
        raise Problem("FreeSWITCH refuses this address: look at apply-inbound-acl in event_socket.conf.xml")
    if greeting.get("Content-Type") != "auth/request":
        raise Problem(f"what answers on {config.host}:{config.port} is no FreeSWITCH event socket: is the port right?")
    login = f"userauth {config.user}:{config.password}" if config.user else f"auth {config.password}"
    if not _esl_command(connection, login).startswith("+OK"):
        raise Problem("FreeSWITCH refused the password: it is the one in event_socket.conf.xml")
    plain = [name for name in config.events if not name.startswith("CUSTOM:")]
    custom = [name[len("CUSTOM:") :] for name in config.events if name.startswith("CUSTOM:")]
    wanted = " ".join([*plain, "CUSTOM", *custom] if custom else plain)
    answer = _esl_command(connection, f"event json {wanted}")
    if not answer.startswith("+OK"):
        raise Problem(f"FreeSWITCH sends no such events ({wanted}): {answer}")


def events_of_freeswitch(connection: Connection) -> Iterator[Event]:
    """Yield every event of ESL."""
    while True:
        headers, body = _esl_message(connection)
        kind = headers.get("Content-Type")
        if kind == "text/disconnect-notice":
            raise Problem("FreeSWITCH ended the connection")
        if kind == "text/event-json":
            try:
                event = json.loads(body)
            except ValueError:
                log("an event of FreeSWITCH was dropped: it is not JSON")
                continue
            if isinstance(event, dict):
                yield event


def _esl_message(connection: Connection) -> tuple[Event, str]:
    headers = fields_of(connection.until(b"\n\n"))
    size = str(headers.get("Content-Length", "0"))
    if not size.isdecimal():
        raise Problem("FreeSWITCH sends a message whose length is no number")
    return headers, connection.exactly(int(size)).decode("utf-8", "replace")


def _esl_command(connection: Connection, command: str) -> str:
    connection.send(f"{command}\n\n")
    while True:
        headers, _ = _esl_message(connection)
        if headers.get("Content-Type") == "command/reply":
            return str(headers.get("Reply-Text", ""))


class System(NamedTuple):
    """What the agent knows of a kind of telephone system.

    `events` are names, or a name and the value of `subclass` after a colon. `keepalive` is a command with an answer.
    """

    port: int
    name: str
    subclass: str
    events: tuple[str, ...]
    log_in: Callable[[Connection, Config], None]
    read: Callable[[Connection], Iterator[Event]]
    keepalive: str


FREESWITCH_EVENTS = ("sofia::register", "sofia::unregister", "sofia::expire", "callcenter::info")

SYSTEMS = {
    "asterisk": System(
        port=5038,
        name="Event",
        subclass="EventName",
        events=("Cdr", "CEL:LINKEDID_END", "ContactStatus", "QueueCallerAbandon"),
        log_in=log_in_to_asterisk,
        read=events_of_asterisk,
        keepalive="Action: Ping\r\n\r\n",
    ),
    "freeswitch": System(
        port=8021,
        name="Event-Name",
        subclass="Event-Subclass",
        events=(
            "CUSTOM:sofia::register",
            "CUSTOM:sofia::unregister",
            "CUSTOM:sofia::expire",
            "CUSTOM:callcenter::info",
        ),
        log_in=log_in_to_freeswitch,
        read=events_of_freeswitch,
        keepalive="api status\n\n",
    ),
}


def connect(config: Config) -> Connection:
    """Connect and log in.

    Raises:
        Problem: says what is wrong.
    """
    system, where = SYSTEMS[config.kind], f"{config.host}:{config.port}"
    try:
        sock = socket.create_connection((config.host, config.port), timeout=HTTP_SECONDS)
        if config.tls:
            sock = trust(config).wrap_socket(sock, server_hostname=config.host)
        connection = Connection(sock, where)
        try:
            system.log_in(connection, config)
        except BaseException:
            connection.close()
            raise
    except OSError as error:
        raise Problem(in_plain_words(error, where)) from None
    connection.keepalive = system.keepalive
    return connection


def wanted(config: Config, event: Event) -> bool:
    """Whether the event is one of those that the configuration names."""
    system = SYSTEMS[config.kind]
    name = event.get(system.name)
    return name in config.events or f"{name}:{event.get(system.subclass)}" in config.events


def read_events(config: Config, out: queue.Queue[Event], stop: threading.Event) -> None:
    """Put events into `out` until the end; reconnect if the connection ends."""
    failures = 0
    while not stop.is_set():
        try:
            connection = connect(config)
            log(f"connected to {config.kind} on {config.host}:{config.port}")
            failures = 0
            try:
                for event in SYSTEMS[config.kind].read(connection):
                    if wanted(config, event):
                        out.put(event)
                    if stop.is_set():
                        return
            finally:
                connection.close()
        except (Problem, OSError) as error:
            problem = str(error) if isinstance(error, Problem) else in_plain_words(error, config.host)
            log(f"{problem}; until the next connection no event is read")
            stop.wait(pause_after(failures))
            failures += 1


# --- Spool -----------------------------------------------------------------------------------------------------------


def write_through(path: Path, body: bytes) -> None:
    """Write a file through to the disk. Its name holds all of it or is not there, whenever the machine stops."""
    part = path.with_suffix(".part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        if part.exists():
            part.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Spool:
    """Batches that Tocsin has not confirmed: a file each, or in memory while the disk takes none."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], float] = time.time,
        write: Callable[[Path, bytes], None] = write_through,
    ) -> None:
        self._folder = folder
        self._now = now
        self._write = write
        self._names: deque[str] = deque()
        self._memory: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def open(self) -> None:
        """Make the folder, and find the batches of an earlier run.

        Raises:
            Problem: the folder cannot be used.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(self._folder / "writable", b"")
            (self._folder / "writable").unlink()
            self._names = deque(sorted(path.name for path in self._folder.glob("*.json")))
        except OSError as error:
            raise Problem(f"the spool {self._folder} cannot be written: {_of_disk(error)}") from None

    def add(self, body: bytes) -> None:
        """Keep a batch. It is on the disk when this returns, unless the disk takes none."""
        with self._lock:
            last = _milliseconds(self._names[-1]) if self._names else 0
            name = f"{max(last + 1, int(self._now() * 1000)):016}.json"
            try:
                self._write(self._folder / name, body)
            except OSError as error:
                log(f"the spool {self._folder} takes no batch: {_of_disk(error)}. The batch waits in memory only")
                self._memory[name] = body
            self._names.append(name)
            if len(self._memory) > MEMORY_BATCHES:
                log("a batch was dropped: neither the disk nor the memory has room")
                self._remove(min(self._memory))

    def oldest(self) -> tuple[str, bytes] | None:
        """Return name and content of the oldest batch. Batches older than 72 hours are dropped."""
        with self._lock:
            while self._names:
                name = self._names[0]
                if _milliseconds(name) / 1000 < self._now() - KEEP_SECONDS:
                    log(f"batch {name} was dropped: Tocsin did not take it for 72 hours")
                    self._remove(name)
                    continue
                try:
                    return name, self._memory.get(name) or (self._folder / name).read_bytes()
                except OSError as error:
                    log(f"batch {name} cannot be read and stays in the spool: {_of_disk(error)}")
                    self._names.popleft()
            return None

    def remove(self, name: str) -> None:
        """Forget a batch; it may be gone already."""
        with self._lock:
            self._remove(name)

    def _remove(self, name: str) -> None:
        if name in self._names:
            self._names.remove(name)
        if self._memory.pop(name, None) is not None:
            return
        try:
            (self._folder / name).unlink()
        except FileNotFoundError:
            pass
        except OSError as error:
            log(f"batch {name} cannot be deleted, and is sent again after a restart: {_of_disk(error)}")


def _milliseconds(name: str) -> int:
    return int(name[:16])


def _of_disk(error: OSError) -> str:
    return "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else (error.strerror or "unknown reason")


class Batches:
    """Makes batches of events, and gives each event its id."""

    def __init__(self, config: Config, spool: Spool, now: Callable[[], float] = time.time) -> None:
        self._name = config.name
        self._spool = spool
        self._now = now
        self._start = f"{int(now() * 1000):x}"
        self._counter = 0
        self._events: list[str] = []
        self._since = 0.0

    def add(self, event: Mapping[str, str | list[str]]) -> None:
        """Take an event; spool the batch if it is full."""
        self._counter += 1
        at = datetime.fromtimestamp(self._now(), timezone.utc).isoformat(timespec="milliseconds")
        told: Event = {field: value for field, value in event.items() if not SECRET_FIELD.search(field)}
        told["AgentEventId"] = f"{self._name}:{self._start}:{self._counter}"
        told["AgentTime"] = at.replace("+00:00", "Z")
        text = json.dumps(told)
        if len(text) > EVENT_BYTES:
            log(f"event {told['AgentEventId']} was dropped: it has {len(text)} bytes, Tocsin takes {EVENT_BYTES}")
            return
        if not self._events:
            self._since = self._now()
        self._events.append(text)
        if len(self._events) >= BATCH or sum(map(len, self._events)) >= BATCH_BYTES:
            self.flush()

    def due(self) -> bool:
        """Whether the oldest event of the batch has waited for a second."""
        return bool(self._events) and self._now() - self._since >= BATCH_SECONDS

    def flush(self) -> None:
        """Spool what there is."""
        if self._events:
            self._spool.add(("[" + ",".join(self._events) + "]").encode())
            self._events = []


# --- Tocsin ----------------------------------------------------------------------------------------------------------


def trust(config: Config) -> ssl.SSLContext:
    """Return TLS settings: certificates and host names are always verified.

    Raises:
        Problem: the file of certificates cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=config.ca)
    except (OSError, ssl.SSLError):
        raise Problem(f"ca {config.ca} is no readable file of certificates") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Answer(NamedTuple):
    """What Tocsin said."""

    status: int
    retry_after: float | None
    body: bytes


def post(config: Config, body: bytes) -> Answer:
    """Post a batch. Redirects are not followed.

    Raises:
        Problem: there is no answer; says why.
    """
    parts = urlsplit(config.url)
    host = str(parts.hostname)
    if parts.scheme == "https":
        context = trust(config)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=HTTP_SECONDS, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=HTTP_SECONDS)
    headers = {"Content-Type": "application/json", "X-API-Key": config.secret, "User-Agent": "tocsin-pbx/1"}
    try:
        connection.request("POST", parts.path, body, headers)
        response = connection.getresponse()
        after = response.getheader("Retry-After", "")
        return Answer(response.status, float(after) if after.isdecimal() else None, response.read(65536))
    except (OSError, http.client.HTTPException) as error:
        raise Problem(in_plain_words(error, parts.netloc)) from None
    finally:
        connection.close()


def in_plain_words(error: Exception, where: str) -> str:
    """Say what a failed connection means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {where} is not trusted: {error.verify_message}. The option ca names another authority"
        )
    if isinstance(error, ssl.SSLError):
        return f"TLS with {where} failed ({error.reason}): is it a TLS port?"
    if isinstance(error, socket.gaierror):
        return f"the name in {where} is unknown: look at the spelling and at DNS"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens on {where}"
    if isinstance(error, socket.timeout):
        return f"{where} does not answer: is a firewall between?"
    if isinstance(error, http.client.HTTPException):
        return f"what answers on {where} is no web server"
    return f"no connection with {where}: {getattr(error, 'strerror', None) or type(error).__name__}"


STATUSES = {
    401: "Tocsin refuses the secret, or does not know the source: look at url and secret",
    403: "Tocsin refuses this source: is it enabled?",
    404: "there is no such URL: look at url",
    429: "Tocsin takes no more for the moment",
}


def of_status(status: int) -> str:
    """Say what a refusal means."""
    return STATUSES.get(status, f"Tocsin answered with status {status}")


class Sender:
    """Posts batches in order. A batch is forgotten only when Tocsin has taken it, or can never take it."""

    def __init__(self, spool: Spool, post_batch: Callable[[bytes], Answer]) -> None:
        self._spool = spool
        self._post = post_batch
        self._failures = 0

    def run(self, stop: threading.Event) -> None:
        """Post until the end."""
        while not stop.wait(self.step()):
            pass

    def step(self) -> float:
        """Post the oldest batch, if there is one; return the seconds until the next step."""
        found = self._spool.oldest()
        if found is None:
            return 0.2
        name, body = found
        try:
            answer = self._post(body)
        except Problem as problem:
            return self._later(str(problem), None)
        if answer.status in (400, 413):
            self._halve(body, answer.status)
        elif answer.status == 422:
            log("Tocsin could use no event of a batch: the samples page of the source says why")
        elif not 200 <= answer.status < 300:
            return self._later(of_status(answer.status), answer.retry_after)
        else:
            _log_refused(answer)
        self._spool.remove(name)
        if self._failures:
            log("Tocsin takes events again")
        self._failures = 0
        return 0.0

    def _halve(self, body: bytes, status: int) -> None:
        """Spool the halves of a batch that was refused as a whole; drop a single event."""
        events = json.loads(body)
        if len(events) < 2:
            log(f"Tocsin cannot read {events[0]['AgentEventId']}, status {status}: the event was dropped")
            return
        middle = len(events) // 2
        for half in (events[:middle], events[middle:]):
            self._spool.add(json.dumps(half).encode())

    def _later(self, reason: str, retry_after: float | None) -> float:
        pause = pause_after(self._failures)
        if retry_after is not None:
            pause = min(max(pause, retry_after), LONGEST_RETRY_AFTER)
        log(f"{reason}; next try in {pause:.0f} s")
        self._failures += 1
        return pause


def _log_refused(answer: Answer) -> None:
    """Tell how many events of a batch Tocsin could not use."""
    try:
        refused = json.loads(answer.body).get("refused", 0)
    except (ValueError, AttributeError):
        return
    if refused:
        log(f"Tocsin could not use {refused} events: the samples page of the source says why")


def pause_after(failures: int) -> float:
    """Return the seconds to wait after so many failures: 1, 2, 4 … 60, a quarter more or less."""
    return min(LONGEST_PAUSE, 2.0 ** min(failures, 6)) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load


# --- Commands --------------------------------------------------------------------------------------------------------


def check(path: str | None, environ: Mapping[str, str]) -> bool:
    """Print what is right and what is wrong, in plain words; return whether all is right. No event is sent."""
    try:
        config = read_config(path, environ)
    except Problem as problem:
        print(f"WRONG  configuration: {problem}")
        return False
    print("ok     configuration")
    if path and os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH):
        print(f"note   {path} holds secrets, and other users can read it: chmod 600 {path}")

    def reach_tocsin() -> None:
        status = post(config, b"[]").status
        if not (200 <= status < 300 or status in (400, 422)):  # an empty batch may be refused, after the secret
            raise Problem(of_status(status))

    steps: Sequence[tuple[str, Callable[[], object]]] = (
        (f"spool {config.spool}", Spool(config.spool).open),
        (f"{config.kind} on {config.host}:{config.port}, with login", lambda: connect(config).close()),
        (f"Tocsin on {urlsplit(config.url).netloc}, with TLS and secret", reach_tocsin),
    )
    right = True
    for name, step in steps:
        try:
            step()
            print(f"ok     {name}")
        except Problem as problem:
            right = False
            print(f"WRONG  {name}: {problem}")
    return right


def run(config: Config, stop: threading.Event) -> None:
    """Read, spool and send until `stop`; what was read by then is on the disk."""
    spool = Spool(config.spool)
    spool.open()
    batches = Batches(config, spool)
    events: queue.Queue[Event] = queue.Queue(10_000)
    sender = Sender(spool, lambda body: post(config, body))
    faults: list[str] = []

    def guard(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            faults.append(traceback.format_exc())
            stop.set()

    for work in (lambda: read_events(config, events, stop), lambda: sender.run(stop)):
        threading.Thread(target=guard, args=(work,), daemon=True).start()
    while not (stop.is_set() and events.empty()):
        with contextlib.suppress(queue.Empty):
            batches.add(events.get(timeout=0.1))
        if batches.due():
            batches.flush()
    batches.flush()
    if faults:
        raise Problem(f"the agent has a fault of its own:\n{faults[0]}")


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(description="Bring the events of an Asterisk or a FreeSWITCH to Tocsin.")
    parser.add_argument("--config", help="ini file; without it the environment is read (TOCSIN_PBX_URL, …)")
    parser.add_argument("--check", action="store_true", help="say what is wrong, send nothing")
    given = parser.parse_args(arguments)
    if given.check:
        return 0 if check(given.config, environ) else 1
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        run(read_config(given.config, environ), stop)
    except Problem as problem:
        log(f"tocsin-pbx: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
