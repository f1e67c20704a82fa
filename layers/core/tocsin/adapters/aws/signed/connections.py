"""Keep-alive connections to one endpoint, shared by the threads of a process."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tocsin.adapters.outbound.http1 import Answer, read_answer, request_bytes

_KEPT = 25


@cache
def _tls() -> ssl.SSLContext:
    """Return one context for all endpoints: loading the CA certificates takes 17 ms of a cold start."""
    return ssl.create_default_context()


class Connections:
    """Sends requests over connections that are kept open and lent to one request at a time.

    Args:
        endpoint: `https://host[:port]`, or `http://…` for a local engine.
        connect_timeout, read_timeout: seconds.
    """

    def __init__(self, endpoint: str, connect_timeout: float, read_timeout: float) -> None:
        parts = urlsplit(endpoint)
        self._endpoint = endpoint
        self._host = parts.hostname or ""
        self._tls = _tls() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._idle: deque[socket.socket] = deque(maxlen=_KEPT)
        self.host_header = parts.netloc

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send one request and read its answer. Makes one try.

        Raises:
            ConnectTimeoutError, EndpointConnectionError: nothing was sent.
            ReadTimeoutError, ConnectionClosedError: the request was sent, and its outcome is unknown.
        """
        request = request_bytes(method, path, headers, body)
        connection = self._lend() or self._open()
        try:
            connection.sendall(request)
            return self._answer(connection)
        except BaseException as error:
            raise self._closed(connection, error) from error

    def begin(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Callable[[], Answer] | None:
        """Send one request of a few kilobytes if a connection is idle, and return what reads its answer; else None.

        A thread can begin many requests before it reads the first answer, which may take `read_timeout` from here.

        Raises:
            ReadTimeoutError, ConnectionClosedError: as of `send`. What is returned raises them too.
        """
        request = request_bytes(method, path, headers, body)
        connection = self._lend()
        if connection is None:
            return None
        try:
            connection.sendall(request)
        except BaseException as error:
            raise self._closed(connection, error) from error
        ends = time.monotonic() + self._read_timeout

        def answer() -> Answer:
            try:
                if not select.select([connection], [], [], max(0.0, ends - time.monotonic()))[0]:
                    raise TimeoutError("no answer")
                return self._answer(connection)
            except BaseException as error:
                raise self._closed(connection, error) from error

        return answer

    def close(self) -> None:
        """Close the connections that no request is using."""
        while self._idle:
            self._idle.pop().close()

    def _lend(self) -> socket.socket | None:
        """Return an idle connection, None if there is none."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was first
                break
            # The server may have closed the connection while it, or the whole function, was idle.
            if not select.select([connection], [], [], 0)[0]:
                return connection
            connection.close()
        return None

    def _answer(self, connection: socket.socket) -> Answer:
        answer, reusable = read_answer(connection)
        if reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _closed(self, connection: socket.socket, error: BaseException) -> BaseException:
        """Close a connection because of an error, and return what to raise."""
        connection.close()
        if isinstance(error, TimeoutError):
            return ReadTimeoutError(endpoint_url=self._endpoint, error=error)
        if isinstance(error, OSError):
            return ConnectionClosedError(endpoint_url=self._endpoint, error=error)
        return error

    def _open(self) -> socket.socket:
        try:
            connection = socket.create_connection((self._host, self._port), self._connect_timeout)
            try:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls:
                    connection = self._tls.wrap_socket(connection, server_hostname=self._host)
                connection.settimeout(self._read_timeout)
            except BaseException:
                connection.close()
                raise
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self._endpoint, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=self._endpoint, error=error) from error
        return connection
