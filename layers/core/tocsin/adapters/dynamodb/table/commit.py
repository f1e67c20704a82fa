"""A transaction of ours, tried until it is committed or refused for what it asks for."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from tocsin.adapters.dynamodb.table.client import TRY_AGAIN, Backoff, Cancelled, DynamoDb, Item, errors_mapped
from tocsin.kernel.domain.errors import StorageUnavailable


def commit(dynamodb: DynamoDb, actions: Sequence[Item], backoff: Backoff) -> Sequence[Item] | None:
    """Return None if it was written; else why not: one reason per action, in order.

    Raises:
        StorageUnavailable: it met others on its rows to the last try, or no answer came; then it may be written.
    """
    # The token makes a try whose answer was lost count once; it is good for 10 minutes.
    token = secrets.token_hex(16)
    for _ in backoff:
        try:
            with errors_mapped():
                dynamodb.transact_write_items(TransactItems=actions, ClientRequestToken=token)
            return None
        except Cancelled as cancelled:
            # The other transaction may be the same call's twin: what it wrote decides, so wait for it.
            if any(reason.get("Code") in TRY_AGAIN for reason in cancelled.reasons):
                continue
            return cancelled.reasons
    raise StorageUnavailable("the transaction met others on its rows to the last try")
