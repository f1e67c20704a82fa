"""The table that is deployed is the table that the contract suites run on."""

from __future__ import annotations

from typing import Any

from tests.architecture.deployment import deployment, read_sources
from tests.contract.core_table import create_core_table


class Recorder:
    """Stands in for DynamoDB and remembers what was to be created."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def create_table(self, **asked: Any) -> None:
        self.asked = asked


def shape(properties: dict[str, Any]) -> dict[str, Any]:
    """Return what a table's behaviour depends on, in one order."""
    return {
        "billing": properties["BillingMode"],
        "attributes": {a["AttributeName"]: a["AttributeType"] for a in properties["AttributeDefinitions"]},
        "keys": properties["KeySchema"],
        "indexes": {
            index["IndexName"]: (
                index["KeySchema"],
                index["Projection"]["ProjectionType"],
                sorted(index["Projection"].get("NonKeyAttributes", [])),
            )
            for index in properties["GlobalSecondaryIndexes"]
        },
    }


def test_the_deployed_table_is_the_one_the_contracts_run_on() -> None:
    recorder = Recorder()
    create_core_table(recorder, "core")  # type: ignore[arg-type]
    deployed = deployment(read_sources()).resources["CoreTable"].properties
    assert shape(deployed) == shape(recorder.asked)
