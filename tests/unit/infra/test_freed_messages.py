"""What is visible when the engine starts: all messages that a worker of its last run had, and none that is delayed."""

from __future__ import annotations

from time import time
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.ministack.freed_messages import free_received_messages


class FakeSqs:
    """The engine's module: the queues of all accounts and regions, and what it makes of saved ones."""

    def __init__(self) -> None:
        self._queues = SimpleNamespace(_data={})

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        self._queues._data.update(data)


@pytest.mark.parametrize("seconds", [-60.0, 60.0, 43_200.0])
@pytest.mark.parametrize("received", [None, 0, 1, 7])
def test_a_message_is_visible_at_the_start_unless_it_is_delayed(seconds: float, received: int | None) -> None:
    due = time() + seconds
    message = {"visible_at": due} | ({} if received is None else {"receive_count": received})  # SNS sets no count
    sqs = FakeSqs()
    free_received_messages(sqs)

    sqs.load_persisted_state({place: {"messages": [dict(message)]} for place in ("one account", "another")})

    for queue in sqs._queues._data.values():
        (loaded,) = queue["messages"]
        assert loaded["visible_at"] <= time() if received else loaded["visible_at"] == due
        assert loaded.get("receive_count") == received  # what is received too often still goes to the dead letters
