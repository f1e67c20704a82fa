"""One table, one botocore client: PynamoDB works over the client that everything else in the process uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PynamoDBException, VerboseClientError
from pynamodb.models import MetaModel, Model
from pynamodb.transactions import TransactWrite

from tocsin.adapters.dynamodb.table.client import errors_mapped
from tocsin.adapters.dynamodb.table.table import Table


class CoreItem(Model):
    """Any row of configuration. `kind` is for people who read the table; code goes by the form of the keys.

    The models beside the repositories name no table. `CoreTable.of` makes a subclass of each that has one, so that the
    name is needed when a repository is built and not when its module is imported.
    """

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute(default="core")


Item = TypeVar("Item", bound=CoreItem)


class CoreTable:
    """The core table as PynamoDB sees it.

    By default PynamoDB makes a botocore session and client per model class, 100-200 ms of a cold start each, with
    time-outs of its own. Here every model shares one connection with the table's client, so credentials, time-outs and
    retries are those of the process. The two attributes that this sets are private to PynamoDB 6.1
    (`Model._connection`, `Connection._client`); a test checks them.

    Args:
        table: its client has `meta`, as boto3's clients and the thin ones do.
    """

    def __init__(self, table: Table) -> None:
        client: Any = table.dynamodb
        self._meta = {"table_name": table.name, "region": client.meta.region_name}
        self._twins: dict[type[CoreItem], type[CoreItem]] = {}
        self._connection = self._twin(CoreItem)._get_connection()
        self._connection.connection._client = client

    def of(self, item: type[Item]) -> type[Item]:
        """Return `item` as a model whose rows lie in this table."""
        twin = self._twins.get(item)
        if twin is None:
            twin = self._twins[item] = self._twin(item)
            twin._connection = self._connection
        return cast("type[Item]", twin)

    def find(self, item: type[Item], pk: str, sk: str, attributes: Sequence[str] | None = None) -> Item | None:
        """Return one row, strongly consistent, None if it is not there; only `attributes` of it, if given."""
        model = self.of(item)
        try:
            return model.get(pk, sk, consistent_read=True, attributes_to_get=attributes)
        except model.DoesNotExist:
            return None

    def transaction(self) -> TransactWrite:
        """Return a transaction; it commits when its `with` block ends well."""
        return TransactWrite(connection=self._connection.connection)

    def _twin(self, item: type[CoreItem]) -> type[CoreItem]:
        meta = type("Meta", (), dict(self._meta))
        return cast("type[CoreItem]", MetaModel(item.__name__, (item,), {"Meta": meta, "__module__": item.__module__}))


@contextmanager
def pynamodb_errors_mapped() -> Iterator[None]:
    """Run a PynamoDB call and raise what `errors_mapped` raises for the same answer without PynamoDB."""
    with errors_mapped():
        try:
            yield
        except PynamoDBException as error:
            # PutError and its kind hold a VerboseClientError, which holds botocore's error with the complete response.
            cause = error.cause
            raise (cause.__cause__ if isinstance(cause, VerboseClientError) else cause) or error from error
