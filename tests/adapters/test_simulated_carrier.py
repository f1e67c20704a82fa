"""The simulated carrier finds our id of a text, wherever the worker has kept the provider's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from infra.local.outside.provider_ids import message_named, sent_messages
from tests.contract.alert_path import ACME, NOON, AlertPath, an_acceptance
from tests.contract.cloud import Cloud
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import Message, SendingTerms, accepted, claim_message, rejected_permanently
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef

TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=timedelta(seconds=60))
LARGE = ChunkKey(ACME, AlertRef("0192f3f0-0000-7000-8000-000000000001"), 1, 2)


def claimed(position: int) -> Message:
    message = claim_message(None, position, NOON, TERMS)
    assert isinstance(message, Message)
    return message


def save(world: AlertPath, chunk: ChunkKey, *messages: Message) -> None:
    world.messages.save(chunk, [claimed(message.position) for message in messages])
    assert all(world.messages.save(chunk, messages))


class Counted:
    """A client that counts how often the table is read."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.scans = 0

    def get_paginator(self, operation: str) -> Any:
        assert operation == "scan"
        self.scans += 1
        return self.client.get_paginator(operation)


def test_sent_messages_are_found_in_rows_of_their_own_and_in_their_alerts_with_one_look(
    real: AlertPath, engine: tuple[str, Cloud]
) -> None:
    # given a message of a large alert, two of a small one, and some that are no longer or not yet sent
    small = an_acceptance(3)
    real.alerts.accept(small)
    ((inside, _),) = small.chunks.items()
    sent = accepted(claimed(0), "pid-0", NOON)
    save(real, LARGE, sent, rejected_permanently(claimed(1), "invalid", NOON))
    save(real, inside, accepted(claimed(1), "pid-1", NOON), accepted(claimed(2), "pid-2", NOON))
    real.messages.save(inside, [claimed(0)])
    client = Counted(engine[1].dynamodb)

    assert sent_messages(client, real.table_name) == {
        "pid-0": str(MessageId(LARGE, 0, 1)),
        "pid-1": str(MessageId(inside, 1, 1)),
        "pid-2": str(MessageId(inside, 2, 1)),
    }
    assert client.scans == 1


def test_one_message_is_found_by_the_providers_id_in_any_state(real: AlertPath, engine: tuple[str, Cloud]) -> None:
    small = an_acceptance(2)
    real.alerts.accept(small)
    ((inside, _),) = small.chunks.items()
    for place, (chunk, name) in enumerate([(LARGE, "pid-0"), (inside, "pid-1")]):
        sent = accepted(claimed(place), name, NOON)
        save(real, chunk, sent)
        assert all(real.messages.save(chunk, [rejected_permanently(sent, "unreachable", NOON)]))
        client = engine[1].dynamodb
        assert message_named(client, real.table_name, name) == str(MessageId(chunk, place, 1))
        assert message_named(client, real.table_name, "pid-9") is None
        assert name not in sent_messages(client, real.table_name)
