"""The page docs/scale.md: what it is drawn from, and that no key takes too much."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import scale
from tests.benchmarks.partitions import Partitions, pattern
from tests.benchmarks.stage import QUEUES, environment_of

ROOT = Path(__file__).resolve().parents[2]
LOADS = {load.name: load for load in scale.loads(scale.stored())}
MEASURED = ("act_on_events", "alerts_api", "dispatch_sms", "ingest_events", "receive_texts", "track_events")
"""Functions that run in the processes of the benchmarks by what `stage` gives them."""


def test_the_page_is_drawn_from_the_counts_of_the_last_run() -> None:
    assert scale.PAGE.read_text() == scale.page(scale.stored()), "run: python -m tests.benchmarks.scale --draw"


@pytest.mark.parametrize("name", LOADS)
def test_no_load_writes_more_than_half_of_what_a_partition_takes(name: str) -> None:
    busiest = scale.hottest(LOADS[name], scale.stored(), "written")
    assert [(key, units) for units, key in busiest if units > scale.LARGEST_SHARE * scale.PARTITION_WRITES] == []


def test_a_key_that_one_write_of_each_recipient_goes_to_would_be_seen() -> None:
    load, counts = LOADS["A million in an hour, by broadcasts"], dict(scale.stored())
    sent = counts["broadcast, sent"]
    counts["broadcast, sent"] = {**sent, "written": {**sent["written"], "table T#<account>#ONE": 2.0 * sent["times"]}}
    units, key = scale.hottest(load, counts, "written")[0]
    assert key == "table T#<account>#ONE"
    assert units == pytest.approx(2 * scale.PER_SECOND)


@pytest.mark.parametrize("function", MEASURED)
def test_the_stage_gives_a_function_every_variable_it_requires(function: str) -> None:
    given = environment_of("", "", "", "", dict.fromkeys(QUEUES, "url"))
    source = (ROOT / "functions" / function / "app.py").read_text()
    assert _required(source) <= given.keys()


def _required(source: str) -> set[str]:
    """Return the names of variables without a default."""
    settings = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ClassDef) and n.name == "Settings"]
    fields = [n for each in settings for n in each.body if isinstance(n, ast.AnnAssign) and n.value is None]
    return {ast.unparse(each.target).upper() for each in fields}


def row(pk: str, sk: str = "A", **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **more}


DUE = {"due": {"S": "DUE#1"}, "duesk": {"N": "5"}}


def test_each_kind_of_write_counts_in_its_partition_and_in_its_index() -> None:
    parts = Partitions()
    # a row enters the due index, moves in it, and leaves it
    parts.take("PutItem", {"Item": row("T#a#X") | DUE}, {})
    assert dict(parts.writes) == {("table", "T#a#X"): 1, ("due", "DUE#1"): 1}
    later = {
        "Key": row("T#a#X"),
        "UpdateExpression": "SET duesk = :at",
        "ExpressionAttributeValues": {":at": {"N": "9"}},
    }
    parts.take("UpdateItem", later, {})
    assert dict(parts.writes) == {("table", "T#a#X"): 2, ("due", "DUE#1"): 3}
    parts.take("UpdateItem", {"Key": row("T#a#X"), "UpdateExpression": "REMOVE due, duesk"}, {})
    assert dict(parts.writes) == {("table", "T#a#X"): 3, ("due", "DUE#1"): 4}
    # a transaction counts twice in the table, and once in an index
    parts.take("TransactWriteItems", {"TransactItems": [{"Put": {"Item": row("T#a#Y") | DUE}}]}, {})
    assert parts.writes["table", "T#a#Y"] == 2
    assert parts.writes["due", "DUE#1"] == 5
    parts.take("DeleteItem", {"Key": row("T#a#Y")}, {})
    assert (parts.writes["table", "T#a#Y"], parts.writes["due", "DUE#1"]) == (3, 6)


def test_a_big_row_and_its_copy_in_a_list_count_by_their_size() -> None:
    parts = Partitions()
    item = row(
        "T#a#A#1", gsi1pk={"S": "T#a#ALERTS"}, gsi1sk={"S": "1"}, head={"B": b"x" * 1500}, sealed={"B": b"x" * 3000}
    )
    parts.take("PutItem", {"Item": item}, {})
    assert dict(parts.writes) == {("table", "T#a#A#1"): 5, ("gsi1", "T#a#ALERTS"): 2}
    statement = {
        "Statement": """INSERT INTO "core" VALUE {'pk':?,'sk':?,'v':?}""",
        "Parameters": [{"S": "T#a#M"}, {"S": "1"}, {"N": "1"}],
    }
    parts.take("BatchExecuteStatement", {"Statements": [statement] * 3}, {})
    assert parts.writes["table", "T#a#M"] == 3


def test_an_update_of_a_big_row_counts_by_its_larger_size_and_the_index_apart() -> None:
    parts = Partitions()
    update = {
        "Key": row("T#a#A#1"),
        "UpdateExpression": "SET due = :due, duesk = :at",
        "ExpressionAttributeValues": {":due": {"S": "DUE#1"}, ":at": {"N": "5"}},
    }
    parts.take("UpdateItem", update, {"ConsumedCapacity": {"CapacityUnits": 4.0}})
    assert dict(parts.writes) == {("table", "T#a#A#1"): 3, ("due", "DUE#1"): 1}

    # given a pack of 1,500 bytes that a statement makes smaller
    for verb, size in (("INSERT INTO \"core\" VALUE {'pk':?,'sk':?,'m0':?}", 1500), ('UPDATE "core" SET "m0"=?', 500)):
        place, text = [{"S": "T#a#M"}, {"S": "PACK#00"}], [{"S": "x" * size}]
        insert = verb.startswith("INSERT")
        words = verb if insert else f"{verb} WHERE pk=? AND sk=?"
        statement = {"Statement": words, "Parameters": [*place, *text] if insert else [*text, *place]}
        parts.take("BatchExecuteStatement", {"Statements": [statement]}, {})
    assert parts.writes["table", "T#a#M"] == 2 + 2


def test_reads_count_where_they_look() -> None:
    parts = Partitions()
    parts.take("GetItem", {"Key": row("T#a"), "ConsistentRead": True}, {"ConsumedCapacity": {"CapacityUnits": 3.0}})
    parts.take("BatchGetItem", {"RequestItems": {"core": {"Keys": [row("T#a#S#1"), row("T#a#S#2")]}}}, {})
    listed = {
        "IndexName": "gsi1",
        "KeyConditionExpression": "gsi1pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "T#a#L"}},
    }
    parts.take("Query", listed, {"ConsumedCapacity": {"CapacityUnits": 0.5}})
    assert dict(parts.reads) == {
        ("table", "T#a"): 3, ("table", "T#a#S#1"): 0.5, ("table", "T#a#S#2"): 0.5, ("gsi1", "T#a#L"): 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("T#acme#A#019aa3c4-5d00-7000-8000-000000000000#M#00#012", "T#<account>#A#<id>#M#<element>#<chunk>"),
        ("T#acme#K#k1ab#EV", "T#<account>#K#<key>#EV"),
        ("T#acme#TM#0f", "T#<account>#TM#<1 of 256>"),
        ("T#acme#EVT#2026113008#3", "T#<account>#EVT#<hour>#<1 of 4>"),
        ("DUE#TMR#2", "DUE#TMR#<1 of 4>"),
        ("DUE#2", "DUE#<1 of 4>"),
        ("T#tocsinlines#POOL", "T#tocsinlines#POOL"),
    ],
)  # fmt: skip
def test_a_key_is_shown_as_the_data_model_writes_it(key: str, shown: str) -> None:
    assert pattern(key) == shown
