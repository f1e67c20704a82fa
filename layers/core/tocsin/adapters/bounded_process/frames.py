"""Frames on a pipe: the length in 8 bytes, big-endian, then so many bytes."""

from __future__ import annotations

from typing import Protocol

_LENGTH = 8


class _WriteEnd(Protocol):
    def write(self, data: bytes, /) -> object: ...

    def flush(self) -> None: ...


class _ReadEnd(Protocol):
    def read(self, size: int, /) -> bytes: ...


def write_frame(pipe: _WriteEnd, data: bytes) -> None:
    """Write a frame. Raises OSError if the other side is dead."""
    pipe.write(len(data).to_bytes(_LENGTH) + data)
    pipe.flush()


def read_frame(pipe: _ReadEnd) -> bytes | None:
    """Return the next frame; None = the pipe ended before or within it."""
    length = pipe.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    size = int.from_bytes(length)
    data = pipe.read(size)
    return data if len(data) == size else None
