"""A real Asterisk on loopback, with two telephones' accounts, as an owner sets one up by agents/pbx/README.md."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.places import free_port

PASSWORD = "pa55word-of-the-pbx"
LINES = {"2010": "Ana", "2011": "Ben"}
"""Telephones by extension, and whose they are."""

RINGS = 3
"""Seconds that a telephone rings before the call is over."""

_MODULES = [
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_pjproject",
    "res_timing_timerfd",
    "res_rtp_asterisk",
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_sdp_rtp",
    "res_pjsip_pubsub",
    "res_pjsip_registrar",
    "res_pjsip_authenticator_digest",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_caller_id",
    "res_pjsip_nat",
    "func_channel",
    "chan_pjsip",
    "bridge_simple",
    "codec_ulaw",
    "app_dial",
    "pbx_config",
    "cdr_manager",
    "cel_manager",
]

_LINE = """
[{line}]
type = endpoint
context = phones
disallow = all
allow = ulaw
auth = {line}
aors = {line}
callerid = {name} <{line}>
[{line}]
type = auth
auth_type = userpass
username = {line}
password = {password}
[{line}]
type = aor
max_contacts = 1
"""


def root() -> Path | None:
    """Return the folder in which an Asterisk is installed; None if there is none.

    TOCSIN_ASTERISK_ROOT names the folder that packages were unpacked into; else it is the machine's own.
    """
    named = os.environ.get("TOCSIN_ASTERISK_ROOT")
    if named:
        return Path(named) if (Path(named) / "usr/sbin/asterisk").exists() else None
    return Path("/") if shutil.which("asterisk", path="/usr/sbin:/usr/bin") == "/usr/sbin/asterisk" else None


@dataclass(frozen=True)
class RealAsterisk:
    """The running program.

    Attributes:
        sip: port of its telephones.
        manager: port of its manager interface.
    """

    command: tuple[str, ...]
    environ: dict[str, str]
    sip: int
    manager: int

    def says(self, words: str) -> str:
        """Return what a command of its console prints; "" while it does not listen."""
        asked = [*self.command, "-rx", words]
        return subprocess.run(asked, env=self.environ, capture_output=True, text=True, timeout=10, check=False).stdout


@contextmanager
def real_asterisk(installed: Path, folder: Path) -> Iterator[RealAsterisk]:
    """Run an Asterisk, all of whose files are in `folder`, until the block ends."""
    sip, manager = free_port(), free_port()
    etc = folder / "etc"
    etc.mkdir(parents=True)
    for name, text in _files(installed, folder, sip, manager).items():
        (etc / name).write_text(text)
    environ = {"PATH": os.environ["PATH"], "TZ": "UTC"}
    if installed != Path("/"):
        environ["LD_LIBRARY_PATH"] = ":".join(map(str, [installed / "usr/lib", *installed.glob("usr/lib/*-linux-*")]))
    command = (str(installed / "usr/sbin/asterisk"), "-C", str(etc / "asterisk.conf"))
    it = RealAsterisk(command, environ, sip, manager)
    with (folder / "console.txt").open("w") as log:
        running = subprocess.Popen([*command, "-f"], env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while "fully booted" not in it.says("core waitfullybooted"):
                assert running.poll() is None, (folder / "console.txt").read_text()
                assert time.monotonic() < deadline, (folder / "console.txt").read_text()
                time.sleep(0.2)
            yield it
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _files(installed: Path, folder: Path, sip: int, manager: int) -> dict[str, str]:
    modules = next(
        found for pattern in ("usr/lib/asterisk/modules", "usr/lib*/*/asterisk/modules")
        for found in installed.glob(pattern)
    )  # fmt: skip
    places = {"astetcdir": folder / "etc", "astmoddir": modules, "astdatadir": installed / "usr/share/asterisk"}
    for name in ("astvarlibdir", "astdbdir", "astkeydir", "astagidir", "astspooldir", "astrundir", "astlogdir"):
        places[name] = folder / name
        places[name].mkdir()
    lines = "".join(_LINE.format(line=line, name=name, password=PASSWORD) for line, name in LINES.items())
    return {
        "asterisk.conf": "[directories]\n" + "".join(f"{name} => {place}\n" for name, place in places.items()),
        "modules.conf": "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in _MODULES),
        "logger.conf": "[logfiles]\nconsole => error,warning,notice\n",
        "manager.conf": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = {manager}\n"
        f"[tocsin]\nsecret = {PASSWORD}\ndeny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255\n"
        "read = system,call,cdr,agent,cel\nwrite =\n",
        "cdr_manager.conf": "[general]\nenabled = yes\n[mappings]\nlinkedid => LinkedID\n",
        "cel.conf": "[general]\nenable = yes\nevents = LINKEDID_END\n[manager]\nenabled = yes\n",
        "pjsip.conf": f"[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{sip}\n{lines}",
        "extensions.conf": f"[phones]\nexten => _20XX,1,Dial(PJSIP/${{EXTEN}},{RINGS})\n same => n,Hangup()\n",
    }
