"""`make run`: runs the whole system on this machine and sends a demo alert; Ctrl-C stops it.

python -m infra.local.run            stays up
python -m infra.local.run --once     sends the demo alert, prints who received what, and ends: exit 0 or 1
python -m infra.local.run --fresh    deletes all local data first; asks, unless --yes
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from types import FrameType
from typing import TextIO

from infra.local.api import Api
from infra.local.aws import Aws
from infra.local.browser.browsers import Browsers
from infra.local.clock import ahead, shown_now
from infra.local.commands.keys import Operator
from infra.local.commands.reply import Running
from infra.local.complaint import Complaint
from infra.local.demo_tenant.browsers import subscribe
from infra.local.demo_tenant.demo import demonstrate
from infra.local.demo_tenant.demo_call import demonstrate_call
from infra.local.demo_tenant.seed import CONTACTS, NUMBER, Found, Servers, seed
from infra.local.engine import Engine, stop_leftover
from infra.local.outside.world import Outside
from infra.local.places import Places, chosen_ca, chosen_home, chosen_port, shown
from infra.local.simulator.guard import Guard
from infra.local.simulator.server import Simulator
from infra.local.simulator.site import Site
from infra.local.simulator.telephones import Telephones
from infra.local.simulator.world import LocalEngine
from infra.local.stack import Stack, stand_up

LONGEST_SAVING = timedelta(minutes=2)
"""How long a start waits for a run that is stopping."""

_STOPPING = "stopping"
"""What the file of the lock says while its holder saves its data."""

PHONE, MAILBOX = CONTACTS[0]["sms"], CONTACTS[0]["email"]


def main(words: Sequence[str] | None = None) -> int:
    """Run as the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="make run ARGS=…", description="Tocsin on this machine.")
    arguments.add_argument("--once", action="store_true", help="send the demo alert, print who received what, and end")
    arguments.add_argument("--fresh", action="store_true", help="delete all local data first")
    arguments.add_argument("--yes", action="store_true", help="do not ask before deleting")
    chosen = arguments.parse_args(words)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        os.environ.pop(name, None)  # they belong to the make that started this process, not to those of the build
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        places = Places(chosen_home())
        fresh = chosen.fresh and (chosen.yes or _agreed(places))
        return _run(places, chosen_port(), chosen_ca(), once=chosen.once, fresh=fresh)
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0 if not chosen.once else 130


def _run(places: Places, port: int, trusted_ca: str, *, once: bool, fresh: bool) -> int:
    begun = time.monotonic()
    places.prepare()
    with (
        _alone(places, fresh=fresh),
        _outside(places, port) as outside,
        (browsers := Browsers(places.browsers, places.pushes, port + 6)).listening(),
        closing(Simulator(port + 1)) as simulator,
        _serving(Engine(places, port, mail_server=outside.mail_server)) as engine,
    ):
        _say(f"engine answers on {engine.url}")
        trusted = outside.tenant_mail.authority.trusted_with(trusted_ca, places.trusted)
        telephones, providers = outside.telephones.url, outside.mail_providers.url
        stack = stand_up(engine, _say, str(trusted), simulator.url, telephones, providers)
        servers = Servers(outside.callbacks.url, simulator.url, outside.telephones.url, outside.tenant_mail.access)
        found = seed(engine, stack, places, servers, _say)
        _subscribe(browsers, found.api, Operator(engine, stack.artefacts.dependencies_layer_zip))
        with (
            outside.playing_along(lambda: Aws(engine.url), stack.outputs),
            simulator.serving(lambda guard: _site(guard, found, stack, outside, places, browsers)),
        ):
            if offset := ahead(places):
                _say(f"the clock is {offset} ahead of this machine's (make tick): it is {shown_now(places)}")
            _say(f"ready after {time.monotonic() - begun:.1f} s; sending a demo alert to the stored group")
            good = tried(lambda: demonstrate(engine.url, found, print), _say)
            good &= tried(lambda: demonstrate_call(Api(found.api, found.api_key), places.calls, print), _say)
            if once:
                return 0 if good else 1
            _invite(found, places)
            while engine.running:
                time.sleep(0.2)
    raise Complaint(f"the engine ended by itself (see {places.log})")


def _subscribe(browsers: Browsers, api: str, operator: Operator) -> None:
    """Subscribe the simulated browsers. Without them all else works, so a failure is only told."""
    try:
        subscribe(browsers, api, operator.token_of)
    except (Complaint, OSError) as error:
        _say(f"no pushes are shown: {error}; the next start tries it again")


def tried(demo: Callable[[], bool], say: Callable[[str], None]) -> bool:
    """Return whether the demo succeeded. After a failure, the system stays up, so that its user can find the cause."""
    try:
        good = demo()
    except Exception as error:
        say(f"the demo alert failed: {error if isinstance(error, Complaint) else repr(error)}")
        return False
    if not good:
        say("not every receiver got the demo alert")
    return good


def _agreed(places: Places) -> bool:
    """Ask whether all local data may be deleted.

    Raises:
        Complaint: the answer is no, or standard input is closed.
    """
    try:
        answer = input(f"Delete everything in {shown(places.home)}: keys, alerts, mails? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise Complaint("nothing was deleted; to delete without a question: make fresh YES=1")
    return True


@contextmanager
def _serving(engine: Engine) -> Iterator[Engine]:
    engine.start()
    try:
        yield engine
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the saving
        print()
        _say("stopping, saving the data")
        stopping(engine.places)
        engine.stop()


@contextmanager
def _outside(places: Places, port: int) -> Iterator[Outside]:
    outside = Outside(places, _say, port + 2)
    try:
        outside.open()
        yield outside
    finally:
        outside.close()


def _site(guard: Guard, found: Found, stack: Stack, outside: Outside, places: Places, browsers: Browsers) -> Site:
    running = Running(Api(found.api, found.api_key), Aws(found.engine), stack.outputs, NUMBER)
    names = {contact[channel]: contact["lookups"]["firstname"] for contact in CONTACTS for channel in ("sms", "email")}
    world = LocalEngine(running, outside.mails, places.texts, outside.phones, browsers)
    telephones = Telephones(outside.exchange, names, NUMBER)
    return Site(world, guard, names, found.as_json()["console"], telephones=telephones)


@contextmanager
def _alone(places: Places, *, fresh: bool) -> Iterator[None]:
    """Hold the lock of the places until this process ends; delete their data first, if `fresh`."""
    with places.lock.open("a+") as lock:
        hold(lock, places, _say)
        if fresh:
            stop_leftover(places)
            places.forget()
        yield


def stopping(places: Places) -> None:
    """Tell the next run that this one, which holds the lock, is about to end."""
    places.lock.write_text(_STOPPING)


def hold(lock: TextIO, places: Places, say: Callable[[str], None], longest: timedelta = LONGEST_SAVING) -> None:
    """Lock the places, once a run that is stopping has saved its data.

    Raises:
        Complaint: another run stays up, or takes longer than `longest` to stop.
    """
    end = time.monotonic() + longest.total_seconds()
    told = False
    while not _locked(lock):
        lock.seek(0)
        if lock.read() != _STOPPING:
            raise Complaint(f"Tocsin already runs in this folder (see {places.run}); stop it with Ctrl-C")
        if time.monotonic() > end:
            raise Complaint(f"the run that is stopping in {shown(places.home)} does not end (see {places.log})")
        if not told:
            say("another run is stopping in this folder; waiting until its data is saved")
        told = True
        time.sleep(0.1)
    lock.truncate(0)


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _invite(found: Found, places: Places) -> None:
    """Print addresses and files of the running system, and commands to paste."""
    body = (
        f'{{"version":"latest","apiKey":"{found.api_key}","clientRef":"hello","alert":[{{"alertType":"sms",'
        '"tag":"t","recipients":["+447700900123"],"sender":"Tocsin","content":"Hello from the bell tower"}]}'
    )
    owner = found.users[0]
    print(f"""
  console    {found.as_json()["console"]}
             sign in as {owner["email"]}, password {owner["password"]}
  simulator  {found.servers.simulator}   (phones, mailboxes and browsers: open it in a browser)
  API        {found.api}
  engine     {found.engine}   (AWS endpoint for any SDK or CLI)
  keys       in {shown(places.run)}
  mails      in {shown(places.mail)}/*.eml; by the demo tenant's own server in {shown(places.mail / "tenant")}/*.eml
  calls      ring in the terminal after make phone, for numbers +447700900850 … 859; make call calls in
  webhooks   may go to {found.servers.callbacks}, and are kept in {shown(places.callbacks)}

Paste this:

  curl -sS {found.api}/sendalert -H 'Content-Type: application/json' -d '{body}'

Reply as a receiver of the demo alert, in the simulator or in another terminal:

  make reply TO={PHONE} TEXT="On my way"
  make reply TO={MAILBOX} TEXT="I am away until Monday"

Ctrl-C stops it and keeps the data for the next run.""")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    print(f"· {line}")


if __name__ == "__main__":
    sys.exit(main())
