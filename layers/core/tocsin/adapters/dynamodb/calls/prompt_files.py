"""The recordings that the provider of calls plays: a bucket of their own, where nothing is sealed."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import ObjectStore, errors_mapped


class S3PromptFiles:
    """Writes recordings.

    Args:
        bucket: its name; empty without a provider: then nothing is stored, as every call is refused.
    """

    def __init__(self, s3: ObjectStore, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def put(self, key: str, wav: bytes) -> None:
        """Write a recording. A repeat writes the same bytes."""
        if not self._bucket:
            return
        with errors_mapped():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=wav, ContentType="audio/wav")
