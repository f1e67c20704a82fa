"""`make phone` and `make call`: a terminal, or a pipe, is a phone."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

import pytest

from infra.local.commands.phone import HELD, Telephones, be_a_phone, call_us, shown
from infra.local.complaint import Complaint
from infra.local.outside.exchange import LINES
from infra.local.telephone_server import TelephoneServer
from tests.unit.infra.network import HAND, LONG, OURS, PERSON, Network, ended, until


class Terminal(io.StringIO):
    """Keys that were typed before anything came."""

    def isatty(self) -> bool:
        return True


class Keys(io.StringIO):
    """The end of a pipe from which keys are read, to its end."""

    def __init__(self, pipe: TextIO) -> None:
        super().__init__()
        self._pipe = pipe
        self.all_read = False

    def read(self, size: int | None = -1) -> str:
        key = self._pipe.read(size or 0)
        self.all_read = not key
        return key


@pytest.fixture
def pipe() -> Iterator[tuple[TextIO, Callable[[str], None]]]:
    """A pipe of keys: its end that is read, and what writes to the other."""
    read, write = os.pipe()
    with os.fdopen(read) as unread, os.fdopen(write, "w") as pressed:
        keys = Keys(unread)

        def press(text: str) -> None:
            pressed.write(text)
            pressed.flush()

        yield keys, press
        pressed.close()
        until(lambda: keys.all_read)


def held(server: TelephoneServer, keys: TextIO) -> list[str]:
    """Be a phone until the server stops, and return the lines that are shown."""
    lines: list[str] = []
    telephones = Telephones(server.url)

    def hold() -> None:
        try:
            be_a_phone(telephones, HELD, keys, lines.append)
        except Complaint as complaint:
            lines.append(str(complaint))

    threading.Thread(target=hold, daemon=True).start()
    until(lambda: lines and server.exchange.handsets.attended(HAND))
    return lines


def test_a_pipe_answers_listens_and_presses(
    network: Network, server: TelephoneServer, pipe: tuple[TextIO, Callable[[str], None]]
) -> None:
    keys, press = pipe
    lines = held(server, keys)
    press("a\n2\n")

    ended(network.exchange.dial(OURS, HAND, {"message": "acme.a1.0.0.0.1"}, 1e4))

    until(lambda: "the line is down: system" in lines)
    assert [line for line in lines[1:] if not line.startswith("key ")] == [
        f"{HAND} rings: {OURS} calls",
        "the line is up",
        "pre: This is the duty desk of the water works.",
        "main: [recording 1.0 s]",
        "post: Press 1 to hear it again, 2 if you can come, star if you cannot.",
        "done: Thank you.",
        "the line is down: system",
    ]
    assert "key 2" in lines
    assert network.lines[0]["keys"] == "2"


def test_a_phone_stays_for_the_next_call(
    network: Network, server: TelephoneServer, pipe: tuple[TextIO, Callable[[str], None]]
) -> None:
    keys, press = pipe
    lines = held(server, keys)

    press("b")
    ended(network.exchange.dial(OURS, HELD[1], {}, 1e4))
    network.system.objects["s3://prompts-bucket/prompts/main.wav"] = LONG
    contact = network.exchange.dial(OURS, HELD[9], {}, 1e4)
    press("a")
    until(lambda: "main: [recording 1000.0 s]" in lines)
    press("h")
    ended(contact)

    assert [line["endedBy"] for line in network.lines] == ["busy", "person"]
    assert f"{HELD[9]} rings: {OURS} calls" in lines


def test_a_prompt_is_one_line() -> None:
    about = {"event": "saying", "prompt": "main", "file": "", "seconds": 2.0}
    assert shown({**about, "text": "Water in\n the room."}) == "main: Water in the room."
    assert shown({**about, "text": "", "file": "s3://b/1.wav"}) == "main: [recording 2.0 s]"
    assert shown({**about, "prompt": "", "text": "You have two messages."}) == "You have two messages."


def test_each_key_is_for_one_call(
    network: Network, server: TelephoneServer, pipe: tuple[TextIO, Callable[[str], None]]
) -> None:
    keys, press = pipe
    lines = held(server, keys)
    both = [network.exchange.dial(OURS, number, {}, 1e4) for number in HELD[:2]]
    until(lambda: sum("rings" in line for line in lines) == 2)

    press("bb")

    assert {ended(contact).reason for contact in both} == {"TELECOM_BUSY"}


def test_a_terminal_forgets_keys_that_were_typed_too_early(network: Network, server: TelephoneServer) -> None:
    lines = held(server, Terminal("ab2h"))

    ended(network.exchange.dial(OURS, HAND, {}, 5))

    until(lambda: "the line is down: no answer" in lines)
    assert "the line is up" not in lines


def test_a_call_in_ends_when_the_line_is_down(network: Network, server: TelephoneServer) -> None:
    lines: list[str] = []

    call_us(Telephones(server.url), PERSON, OURS, io.StringIO("2\n"), lines.append)

    assert lines[0].startswith(f"{PERSON} calls {OURS}")
    assert [line for line in lines if line.startswith("pre")] == ["pre: This is the duty desk of the water works."]
    assert lines[-1] == "the line is down: system"
    until(lambda: network.system.told)
    assert (network.lines[0]["from"], network.lines[0]["keys"]) == (PERSON, "2")


def test_a_caller_without_a_number_is_withheld(network: Network, server: TelephoneServer) -> None:
    call_us(Telephones(server.url), "withheld", OURS, io.StringIO("2"), lambda line: None)

    assert network.system.asked[0]["Details"]["ContactData"]["CustomerEndpoint"] is None


def test_a_call_in_finds_all_lines_busy(network: Network, server: TelephoneServer) -> None:
    network.exchange.handsets.events([HAND], None, 20)
    for _ in range(LINES):
        network.exchange.dial(OURS, HAND, {}, 1e6)

    with pytest.raises(Complaint, match="busy"):
        call_us(Telephones(server.url), PERSON, OURS, io.StringIO(), print)


def test_a_phone_says_when_the_network_has_ended(network: Network, server: TelephoneServer) -> None:
    url = server.url
    server.stop()

    with pytest.raises(Complaint, match="make run"):
        be_a_phone(Telephones(url), HELD, io.StringIO(), print)
