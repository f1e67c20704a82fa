"""A relay that makes every call of a store take 5 ms longer, and remembers when each began and ended.

    python -m tests.benchmarks.relay <port> <the store's port> <seconds>

    GET  /calls    -> [[operation, began, ended], …] since the last look, in monotonic seconds

A call waits before it is passed on, so nobody sees its effect earlier than its time. A long poll waits first, too.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

CALLS: list[tuple[str, float, float]] = []


async def message(reader: asyncio.StreamReader) -> tuple[str, bytes, bytes]:
    """Return the first line of the next request or response, its whole head, and its body.

    Raises:
        asyncio.IncompleteReadError: the other side has closed.
    """
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return headers.get("x-amz-target") or lines[0], head, body


async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, seconds: float) -> None:
    """Serve one keep-alive connection over one connection to the store."""
    store_in: asyncio.StreamWriter | None = None
    try:
        while True:
            name, head, body = await message(reader)
            began = time.monotonic()
            if name.startswith("GET /calls"):
                payload = json.dumps(CALLS).encode()
                CALLS.clear()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(payload) + payload)
                continue
            if store_in is None:
                store_out, store_in = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(seconds)
            store_in.write(head + body)
            _, head, body = await message(store_out)
            CALLS.append((name.rpartition(".")[2], began, time.monotonic()))
            writer.write(head + body)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()
        if store_in is not None:
            store_in.close()


async def main(port: int, store: int, seconds: float) -> None:
    """Serve until killed."""
    serve = await asyncio.start_server(
        lambda reader, writer: serve_one(reader, writer, store, seconds), "127.0.0.1", port, limit=1 << 24
    )
    async with serve:
        await serve.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
