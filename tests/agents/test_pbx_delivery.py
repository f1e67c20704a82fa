"""What the agent has read reaches Tocsin, whatever fails in between; `--check` says what is wrong."""

from __future__ import annotations

import errno
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agents.pbx import tocsin_pbx as agent
from infra.local.places import ROOT
from tests.agents.scripted_pbx import PASSWORD, SECRET, asterisk, config, freeswitch, options, pbx
from tests.clients.scripted_api import Scripted, scripted
from tests.fakes.certificate import self_signed

CDR = {"Event": "Cdr", "Source": "+447700900123"}
ACCEPTED = Scripted(202, {"accepted": 1, "refused": 0})
HOURS = 3600.0


def spooled(tmp_path: Path, count: int = 1, clock: list[float] | None = None) -> agent.Spool:
    """Return a spool with one batch of this many events."""
    now = clock or [time.time()]
    spool = agent.Spool(tmp_path / "spool", lambda: now[0])
    spool.open()
    batches = agent.Batches(config(tmp_path), spool, lambda: now[0])
    for _ in range(count):
        batches.add(CDR)
    batches.flush()
    return spool


def sender(tmp_path: Path, spool: agent.Spool, url: str) -> agent.Sender:
    at = config(tmp_path, url=f"{url}/events/acme-12345678")
    return agent.Sender(spool, lambda body: agent.post(at, body))


def test_a_batch_is_posted_with_the_secret_and_forgotten(tmp_path: Path) -> None:
    spool = spooled(tmp_path, 3)
    with scripted(ACCEPTED) as api:
        assert sender(tmp_path, spool, api.url).step() == 0
    assert [event["Source"] for event in api.asked[0].body] == ["+447700900123"] * 3
    assert api.asked[0].path == "/live/events/acme-12345678"
    assert api.asked[0].headers["X-API-Key"] == SECRET
    assert spool.oldest() is None
    assert not list((tmp_path / "spool").glob("*.json"))


def test_a_batch_is_repeated_with_the_same_ids_until_it_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = spooled(tmp_path)
    failures = (Scripted(503), Scripted(fault="reset"), Scripted(202, fault="reset"), Scripted(401), Scripted(302))
    with scripted(*failures, ACCEPTED) as api:
        tried = sender(tmp_path, spool, api.url)
        pauses = [tried.step() for _ in range(6)]
    assert [round(pause / 2**n) for n, pause in enumerate(pauses[:5])] == [1] * 5, "1, 2, 4, 8, 16 seconds"
    assert pauses[5] == 0
    assert spool.oldest() is None
    assert len({asked.body[0]["AgentEventId"] for asked in api.asked}) == 1
    said = capsys.readouterr().err
    assert "look at url and secret" in said
    assert "Tocsin takes events again" in said
    assert SECRET not in said


def test_the_wait_that_tocsin_asks_for_is_kept(tmp_path: Path) -> None:
    spool = spooled(tmp_path)
    with scripted(Scripted(429, headers={"Retry-After": "90"}), Scripted(429, headers={"Retry-After": "9999"})) as api:
        tried = sender(tmp_path, spool, api.url)
        assert (tried.step(), tried.step()) == (90, 600)


def test_a_batch_that_is_too_large_is_halved_and_an_event_that_never_fits_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = spooled(tmp_path, 3)
    with scripted(Scripted(400), Scripted(413), ACCEPTED, ACCEPTED) as api:
        tried = sender(tmp_path, spool, api.url)
        while spool.oldest():
            tried.step()
    assert [len(asked.body) for asked in api.asked] == [3, 1, 2]
    ids = [[event["AgentEventId"].split(":")[2] for event in asked.body] for asked in api.asked]
    assert ids == [["1", "2", "3"], ["1"], ["2", "3"]]
    assert ":1, status 413: the event was dropped" in capsys.readouterr().err


def test_events_that_tocsin_cannot_use_are_told_and_forgotten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scripted(Scripted(422), Scripted(202, {"accepted": 1, "refused": 2})) as api:
        for _ in range(2):
            spool = spooled(tmp_path)
            sender(tmp_path, spool, api.url).step()
            assert spool.oldest() is None
    said = capsys.readouterr().err
    assert "could use no event of a batch" in said
    assert "could not use 2 events" in said


def test_what_was_spooled_before_a_kill_is_sent_after_the_restart_with_its_ids(tmp_path: Path) -> None:
    body = (spooled(tmp_path).oldest() or ("", b""))[1]
    (tmp_path / "spool" / "0000000000000001.part").write_bytes(b'[{"half')
    restarted = agent.Spool(tmp_path / "spool")
    restarted.open()
    assert (restarted.oldest() or ("", b""))[1] == body
    with scripted(ACCEPTED) as api:
        sender(tmp_path, restarted, api.url).step()
    assert api.asked[0].body == json.loads(body)


def test_batches_leave_in_the_order_in_which_they_came_even_if_the_clock_goes_back(tmp_path: Path) -> None:
    clock = [1_700_000_000.0]
    spool = agent.Spool(tmp_path, lambda: clock[0])
    spool.open()
    for body in (b"[1]", b"[2]", b"[3]"):
        spool.add(body)
        clock[0] -= 5
    for restarted in (spool, agent.Spool(tmp_path, lambda: clock[0])):
        restarted.open()
        assert (restarted.oldest() or ("", b""))[1] == b"[1]"
    for body in (b"[1]", b"[2]", b"[3]"):
        name, found = restarted.oldest() or ("", b"")
        assert found == body
        restarted.remove(name)


def test_a_batch_is_kept_for_72_hours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = [1_700_000_000.0]
    spool = spooled(tmp_path, clock=clock)
    clock[0] += 72 * HOURS
    assert spool.oldest() is not None
    clock[0] += 1
    assert spool.oldest() is None
    assert "Tocsin did not take it for 72 hours" in capsys.readouterr().err


def test_while_the_disk_is_full_batches_wait_in_memory_and_the_log_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = [1]

    def write(path: Path, body: bytes) -> None:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        agent.write_through(path, body)

    spool = agent.Spool(tmp_path / "spool", write=write)
    spool.open()
    room.clear()
    for n in range(agent.MEMORY_BATCHES + 2):
        spool.add(b"[%d]" % n)
    said = capsys.readouterr().err
    assert "takes no batch: the disk is full. The batch waits in memory only" in said
    assert said.count("a batch was dropped") == 2
    name, body = spool.oldest() or ("", b"")
    assert body == b"[2]", "the oldest ones were dropped"
    spool.remove(name)
    with pytest.raises(agent.Problem, match="cannot be written: the disk is full"):
        agent.Spool(tmp_path / "spool", write=write).open()


def test_a_file_that_could_not_be_written_to_its_end_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        agent.write_through(tmp_path / "1.json", b"[]")
    assert not list(tmp_path.iterdir())


def test_from_the_telephone_system_to_tocsin(tmp_path: Path) -> None:
    """A hundred events fill a batch, which leaves at once; what is read later is on the disk when the agent ends."""
    end, stop = threading.Event(), threading.Event()
    events = [{**CDR, "Uniqueid": str(n)} for n in range(101)]
    with scripted(ACCEPTED) as api, pbx(asterisk(*events, until=end)) as server:
        at = config(tmp_path, port=server.port, url=f"{api.url}/events/acme-12345678")
        agent_thread = threading.Thread(target=agent.run, args=(at, stop))
        agent_thread.start()
        while not api.asked:
            time.sleep(0.01)
        stop.set()
        end.set()
        agent_thread.join(5)
    assert [event["Uniqueid"] for event in api.asked[0].body] == [str(n) for n in range(100)]
    assert [json.loads(path.read_bytes())[0]["Uniqueid"] for path in (tmp_path / "spool").glob("*.json")] == ["100"]


@pytest.mark.deep
def test_a_killed_agent_loses_nothing_that_it_had_spooled(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "agents/pbx/tocsin_pbx.py")]
    end = threading.Event()
    with pbx(asterisk(CDR, CDR, until=end)) as server:
        environ = {**os.environ, **options(tmp_path, port=server.port)}
        killed = subprocess.Popen(command, env=environ)
        while not list((tmp_path / "spool").glob("*.json")):
            time.sleep(0.05)
        killed.kill()
        killed.wait()
        end.set()
    with scripted(ACCEPTED) as api:
        environ |= options(tmp_path, url=f"{api.url}/events/acme-12345678", port=1)
        second = subprocess.Popen(command, env=environ)
        while not api.asked:
            time.sleep(0.05)
        second.send_signal(signal.SIGTERM)
        assert second.wait(5) == 0
    assert [event["AgentEventId"].split(":")[2] for event in api.asked[0].body] == ["1", "2"]


# --- --check ---------------------------------------------------------------------------------------------------------


def checked(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what `--check` prints that is wrong; the exit status says the same, and no password is printed."""
    status = agent.main(["--check"], environ)
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
    assert SECRET not in said.out + said.err
    wrong = [line for line in said.out.splitlines() if line.startswith("WRONG")]
    assert status == (1 if wrong else 0)
    return wrong


@pytest.mark.parametrize("kind", ["asterisk", "freeswitch"])
def test_check_says_that_all_is_right(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pbx(asterisk() if kind == "asterisk" else freeswitch()) as server, scripted(Scripted(422)) as api:
        url = f"{api.url}/events/acme-12345678"
        assert checked(options(tmp_path, kind=kind, user="tocsin", port=server.port, url=url), capsys) == []
    assert api.asked[0].body == [], "no event is sent"
    assert not list((tmp_path / "spool").iterdir()), "nothing stays in the spool"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"kind": "avaya"}, "kind must be asterisk or freeswitch"),
        ({"url": ""}, "url is missing"),
        ({"url": "http://tocsin.example/events/a"}, "must begin with https://"),
        ({"url": "https://tocsin.example/"}, "must end in /events/ and the id of the source"),
        ({"url": "https://tocsin.example/events/a?token=x"}, "must hold no secret"),
        ({"url": "https://[tocsin/events/a"}, "is not a URL"),
        ({"port": "seventy"}, "port must be a number"),
        ({"tls": "maybe"}, "tls must be yes or no"),
        ({"user": "a\r\nAction: Originate"}, "user holds a line break"),
    ],
)
def test_check_names_a_fault_of_the_configuration(
    other: dict[str, str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in checked(options(tmp_path, **other), capsys)[0]


def test_the_file_gives_options_and_the_environment_counts_more(tmp_path: Path) -> None:
    file = tmp_path / "agent.ini"
    file.write_text(
        "[tocsin]\nkind = freeswitch\nurl = https://tocsin.example/events/a\nsecret = %s\npassword = a\nname = one\n"
    )
    found = agent.read_config(str(file), {"TOCSIN_PBX_NAME": "two"})
    assert (found.kind, found.port, found.secret, found.name) == ("freeswitch", 8021, "%s", "two")
    for text, words in (
        ("kind = x", "no ini file"),
        ("[other]", "no section"),
        ("[tocsin]\nurll = x", "'urll' is unk"),
    ):
        file.write_text(text)
        with pytest.raises(agent.Problem, match=words):
            agent.read_config(str(file), {})
    with pytest.raises(agent.Problem, match="cannot be read: No such file"):
        agent.read_config(str(tmp_path / "none.ini"), {})


def test_check_names_each_connection_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    wrong = checked(options(tmp_path, port=1, spool=tmp_path / "file" / "spool"), capsys)
    assert "cannot be written: Not a directory" in wrong[0]
    assert "nothing listens on 127.0.0.1:1" in wrong[1]
    assert "nothing listens on 127.0.0.1:1" in wrong[2]


def test_check_names_a_refused_login(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, script in (("asterisk", asterisk(answer="Error")), ("freeswitch", freeswitch(answer="-ERR invalid"))):
        with pbx(script) as server:
            wrong = checked(options(tmp_path, kind=kind, port=server.port), capsys)
        assert ("manager.conf" if kind == "asterisk" else "event_socket.conf.xml") in wrong[0]


def test_check_names_another_program_on_the_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind, other in (("asterisk", freeswitch()), ("freeswitch", lambda caller: caller.say("SSH-2.0", end="\n\n"))):
        with pbx(other) as server:
            assert "is the port right?" in checked(options(tmp_path, kind=kind, port=server.port), capsys)[0]


@pytest.mark.parametrize(("status", "words"), [(401, "url and secret"), (403, "enabled"), (404, "no such URL")])
def test_check_names_what_tocsin_refuses(
    status: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pbx(asterisk()) as server, scripted(Scripted(status)) as api:
        url = f"{api.url}/events/acme-12345678"
        assert words in checked(options(tmp_path, port=server.port, url=url), capsys)[0]


@contextmanager
def with_certificate(file: Path) -> Iterator[str]:
    """Serve 202 by TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/events/acme-12345678"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_certificates_are_verified_and_an_authority_can_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right, other = self_signed(tmp_path / "right.pem", "localhost"), self_signed(tmp_path / "other.pem", "pbx.example")
    with with_certificate(right) as url:
        with pytest.raises(agent.Problem, match=r"is not trusted: self.signed certificate"):
            agent.post(config(tmp_path, url=url), b"[]")
        assert agent.post(config(tmp_path, url=url, ca=right), b"[]").status == 202
    with with_certificate(other) as url, pytest.raises(agent.Problem, match="is not trusted: Hostname mismatch"):
        agent.post(config(tmp_path, url=url, ca=other), b"[]")
    with pytest.raises(agent.Problem, match="no readable file of certificates"):
        agent.post(config(tmp_path, url=url, ca=tmp_path / "none.pem"), b"[]")
    with pbx(asterisk(), asterisk()) as server:
        wrong = checked(options(tmp_path, port=server.port, tls="yes"), capsys)
    assert "is it a TLS port?" in wrong[0]
