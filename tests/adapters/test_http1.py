"""HTTP answers off a socket: whole or not at all, whatever pieces they come in."""

from __future__ import annotations

import gc
import itertools
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.outbound.http1 import Answer, Malformed, read_answer, request_bytes

PLAIN = b"HTTP/1.1 200 OK\r\nX-Thing: a\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000


def heard(batches: Sequence[bytes]) -> tuple[Answer, bool]:
    """Read what the other side says in these pieces before it hangs up."""
    ours, theirs = socket.socketpair()

    def speak() -> None:
        with theirs, suppress(BrokenPipeError):
            for batch in batches:
                theirs.sendall(batch)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        with ours:
            ours.settimeout(5)
            return read_answer(ours)
    finally:
        speaker.join()


@given(st.sampled_from([PLAIN, CHUNKED, INTERIM]), st.lists(st.integers(1, 120), max_size=5))
def test_it_does_not_matter_in_which_pieces_an_answer_comes(whole: bytes, cuts: list[int]) -> None:
    places = sorted({0, *(cut for cut in cuts if cut < len(whole)), len(whole)})
    answer, reusable = heard([whole[a:b] for a, b in itertools.pairwise(places)])
    assert (answer.status, answer.body, reusable) == (200, b"hello", True)


@given(st.sampled_from([PLAIN, CHUNKED, INTERIM]), st.data())
def test_an_answer_that_breaks_off_is_none(whole: bytes, data: st.DataObject) -> None:
    with pytest.raises(Malformed):
        heard([whole[: data.draw(st.integers(0, len(whole) - 1))]])


def test_header_names_are_in_lower_case_and_long_bodies_are_whole() -> None:
    assert heard([PLAIN])[0].headers == {"x-thing": "a", "content-length": "5"}
    assert len(heard([LONG])[0].body) == 200_000


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (PLAIN + b"more", b"hello"),
        (PLAIN + PLAIN, b"hello"),
        (PLAIN + b"HTTP/1.1 500 whose?", b"hello"),
    ],
)
def test_a_connection_is_not_used_again_when_its_end_is_near_or_it_holds_more(said: bytes, body: bytes) -> None:
    answer, reusable = heard([said])
    assert (answer.body, reusable) == (body, False)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end, but is this the end?",
        b"HTTP/1.1 200 OK\r\nX-Thing : a\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nlonger\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(said: bytes) -> None:
    with pytest.raises(Malformed):
        heard([said])


def test_trailers_and_headers_of_interim_answers_are_nobodys() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nX-Amzn-ErrorType: Hint\r\n\r\n"
    assert heard([interim + CHUNKED])[0].headers == {"transfer-encoding": "chunked"}


def test_nothing_of_an_answer_waits_for_the_garbage_collector() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        gc.collect()
        for said in (PLAIN, CHUNKED, INTERIM):
            theirs.sendall(said)
            read_answer(ours)
        assert gc.collect() == 0


def test_204_has_no_body() -> None:
    assert heard([b"HTTP/1.1 204 No Content\r\n\r\n"]) == (Answer(204, {}, b""), True)


def test_a_request_leaves_in_one_piece() -> None:
    assert (
        request_bytes("POST", "/a", {"host": "h"}, b"xy")
        == b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\n\r\nxy"
    )


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\n", "a\r"])
def test_no_header_can_smuggle_another(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        request_bytes("POST", "/", {"x": value}, b"")
