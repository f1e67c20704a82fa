"""Keep-alive connections to one endpoint, shared by the threads of a process."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

_KEPT = 25


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connections:
    """Sends requests over connections that are kept open and lent to one thread at a time.

    Args:
        endpoint: `https://host[:port]`, or `http://…` for a local engine.
        connect_timeout, read_timeout: seconds.
    """

    def __init__(self, endpoint: str, connect_timeout: float, read_timeout: float) -> None:
        parts = urlsplit(endpoint)
        self._endpoint = endpoint
        self._host = parts.hostname or ""
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._idle: deque[http.client.HTTPConnection] = deque(maxlen=_KEPT)
        self.host_header = parts.netloc

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send one request and read its answer. Makes one try.

        Raises:
            ConnectTimeoutError, EndpointConnectionError: nothing was sent.
            ReadTimeoutError, ConnectionClosedError: it was sent, and nobody knows what became of it.
        """
        connection = self._lend()
        try:
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                answer = Answer(
                    response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
                )
            except TimeoutError as error:
                raise ReadTimeoutError(endpoint_url=self._endpoint, error=error) from error
            except (OSError, http.client.HTTPException) as error:
                raise ConnectionClosedError(endpoint_url=self._endpoint, error=error) from error
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close the connections that nobody is using."""
        while self._idle:
            self._idle.pop().close()

    def _lend(self) -> http.client.HTTPConnection:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._open()
            # The other side may have hung up while the connection, or the whole function, was asleep.
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()

    def _open(self) -> http.client.HTTPConnection:
        connection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=self._connect_timeout, context=self._tls)
            if self._tls
            else http.client.HTTPConnection(self._host, self._port, timeout=self._connect_timeout)
        )
        try:
            connection.connect()
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self._endpoint, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=self._endpoint, error=error) from error
        assert connection.sock is not None
        connection.sock.settimeout(self._read_timeout)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
