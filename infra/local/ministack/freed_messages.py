"""Makes messages visible at once that a worker of the engine's last run had received.

That worker has ended with its engine, and will not delete them. On AWS they are delivered again when their visibility
time-out ends. Here they would wait for up to three minutes after a restart, and `make tick` for workers that are gone.
"""

from __future__ import annotations

import time
from typing import Any


def free_received_messages(sqs: Any) -> None:
    """Patch the service: of the queues that it loads, only delayed messages are not visible.

    Args:
        sqs: MiniStack's module of SQS.
    """
    load = sqs.load_persisted_state

    def load_and_free(data: Any) -> None:
        load(data)
        now = time.time()
        for queue in sqs._queues._data.values():  # of all accounts and regions
            for message in queue["messages"]:
                if message.get("receive_count"):
                    message["visible_at"] = min(message["visible_at"], now)

    sqs.load_persisted_state = load_and_free
