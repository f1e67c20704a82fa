"""What a run has called is counted, however our clients call it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.benchmarks.provider_stub import SNS_ANSWER
from tests.benchmarks.recording import recording
from tocsin.adapters.aws.signed.clients import SnsClient
from tocsin.adapters.aws.signed.connections import Connections
from tocsin.adapters.aws.signed.service import Service
from tocsin.adapters.aws.signed.signature import Credentials, Signer

TEXT: dict[str, Any] = {"PhoneNumber": "+447700900100", "Message": "The door is open.", "MessageAttributes": {}}


@pytest.fixture
def provider() -> Iterator[str]:
    """A provider that takes three texts over one connection, and its address."""
    body = SNS_ANSWER.format(id="1").encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                for _ in range(3):
                    connection.recv(65_536)
                    connection.sendall(answer)

        server = threading.Thread(target=serve)
        server.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.join(5)


def test_a_text_that_is_begun_counts_as_one_that_is_sent(provider: str) -> None:
    signer = Signer(Credentials("test", "test"), "eu-west-2", "sns")
    connections = Connections(provider, 3, 3)
    client = SnsClient(Service(signer, connections, 1, lambda _: None))
    with recording() as record:
        assert client.begin("publish", TEXT) is None  # no connection is open
        assert client.publish(**TEXT)["MessageId"] == "1"
        for _ in range(2):
            wait = client.begin("publish", TEXT)
            assert wait is not None
            assert wait()["MessageId"] == "1"
    assert (record.calls, record.tries) == ({"SNS.Publish": 3}, 3)
    connections.close()
