"""An SQS batch in, the records that must come again out.

Powertools' BatchProcessor, not a loop of our own: beside the Logger and Metrics a worker has anyway, its import costs
43 ms of 430 (Python 3.11, CPU), and the deployed functions start from a snapshot taken after their imports. It answers
partial failures even if every record failed: an exception instead would count as a function error and hold the whole
batch back just the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tocsin.entrypoint.observability import logger

BatchAnswer = dict[str, list[dict[str, str]]]
"""`{"batchItemFailures": [{"itemIdentifier": …}]}`: these come again, and after five receives go to the dead letters.
Source: AWS Lambda, "Implementing partial batch responses"."""


def each_record(event: Mapping[str, Any], handle: Callable[[str], None]) -> BatchAnswer:
    """Give every record's body to `handle`; a record whose `handle` raised fails alone.

    Args:
        event: what the SQS trigger sends; the function's event source mapping must ask for ReportBatchItemFailures.
    """

    def one(record: SQSRecord) -> None:
        try:
            handle(record.body)
        except Exception:
            logger().warning("a queue record failed", extra={"request_id": record.message_id}, exc_info=True)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records=event["Records"], handler=one):
        processor.process()
    failed = processor.response()["batchItemFailures"]
    return {"batchItemFailures": [{"itemIdentifier": str(item["itemIdentifier"])} for item in failed]}
