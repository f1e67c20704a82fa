"""A telephone system on loopback that plays a script, and configurations of the agent for it."""

from __future__ import annotations

import json
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from agents.pbx import tocsin_pbx as agent

PASSWORD = "pa55word-of-the-pbx"
SECRET = "s3cret-of-the-source"

Script = Callable[["Caller"], None]


@dataclass
class Caller:
    """The agent, as the telephone system has it on the line."""

    sock: socket.socket
    heard: list[str]
    _buffer: bytes = b""

    def say(self, *lines: str, end: str = "\r\n\r\n") -> None:
        """Send lines and an empty one."""
        self.sock.sendall(("\r\n" if end == "\r\n\r\n" else "\n").join(lines).encode() + end.encode())

    def hear(self, end: bytes = b"\r\n\r\n") -> str:
        """Return a command of the agent, or "" if it has gone."""
        while end not in self._buffer:
            received = self.sock.recv(4096)
            if not received:
                return ""
            self._buffer += received
        command, self._buffer = self._buffer.split(end, 1)
        self.heard.append(command.decode(errors="replace"))
        return self.heard[-1]


@dataclass
class ScriptedPbx:
    """The server: its port, and the commands so far."""

    port: int
    heard: list[str] = field(default_factory=list)


@contextmanager
def pbx(*scripts: Script) -> Iterator[ScriptedPbx]:
    """Play a script to each connection; hang up after it. Connections after the last script are hung up at once."""
    server = socket.create_server(("127.0.0.1", 0))
    told = ScriptedPbx(server.getsockname()[1])
    waiting = list(scripts)

    def serve() -> None:
        while True:
            try:
                sock, _ = server.accept()
            except OSError:
                return
            with sock, suppress(OSError):  # the agent may hang up at any point
                if waiting:
                    waiting.pop(0)(Caller(sock, told.heard))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(2)


def asterisk(*events: Mapping[str, str], answer: str = "Success", until: threading.Event | None = None) -> Script:
    """Return the script of an Asterisk that answers a login, sends events, and waits."""

    def play(caller: Caller) -> None:
        caller.say("Asterisk Call Manager/9.0.0", end="\r\n")
        caller.hear()
        caller.say("Event: FullyBooted", "Privilege: system,all")
        caller.say(
            f"Response: {answer}", "Message: Authentication " + ("accepted" if answer == "Success" else "failed")
        )
        for event in events:
            caller.say(*(f"{name}: {value}" for name, value in event.items()))
        if until:
            until.wait(5)

    return play


def freeswitch(
    *events: Mapping[str, str], answer: str = "+OK accepted", until: threading.Event | None = None
) -> Script:
    """Return the script of a FreeSWITCH that answers a login and a subscription, sends events, and waits."""

    def play(caller: Caller) -> None:
        caller.say("Content-Type: auth/request", end="\n\n")
        caller.hear(b"\n\n")
        caller.say("Content-Type: command/reply", f"Reply-Text: {answer}", end="\n\n")
        if not caller.hear(b"\n\n"):
            return
        caller.say("Content-Type: command/reply", "Reply-Text: +OK event listener enabled json", end="\n\n")
        for event in events:
            body = json.dumps(event)
            caller.say(f"Content-Length: {len(body)}", "Content-Type: text/event-json", "", body, end="")
        if until:
            until.wait(5)

    return play


def options(folder: Path, **other: object) -> dict[str, str]:
    """Return the agent's environment for an Asterisk, with other options."""
    given = {"url": "http://127.0.0.1:1/events/acme-12345678", "secret": SECRET, "kind": "asterisk", "user": "tocsin"}
    given |= {"password": PASSWORD, "spool": str(folder / "spool"), "name": "pbx1"}
    return {f"TOCSIN_PBX_{name.upper()}": str(value) for name, value in {**given, **other}.items()}


def config(folder: Path, **other: object) -> agent.Config:
    """Return a configuration of the agent."""
    return agent.read_config(None, options(folder, **other))


def events_read(config: agent.Config, count: int, end: threading.Event) -> list[agent.Event]:
    """Let the agent read until it has this many events; then `end` ends the script."""
    out: queue.Queue[agent.Event] = queue.Queue()
    stop = threading.Event()
    thread = threading.Thread(target=agent.read_events, args=(config, out, stop), daemon=True)
    thread.start()
    found = [out.get(timeout=5) for _ in range(count)]
    stop.set()
    end.set()
    thread.join(5)
    return found
