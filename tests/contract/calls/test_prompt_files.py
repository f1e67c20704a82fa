"""What every PromptFiles promises: a recording is stored as it is, and a repeat changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.contract.cloud import Cloud
from tests.fakes.calls import FakePromptFiles
from tocsin.adapters.dynamodb.calls.prompt_files import S3PromptFiles
from tocsin.calls.ports.prompt_files import PromptFiles

KEY = "prompts/keep-0030/0123456789abcdef0123456789abcdef.wav"

Files = tuple[PromptFiles, Callable[[str], bytes]]


@pytest.fixture
def files(make: tuple[str, Cloud | None]) -> Iterator[Files]:
    _, clients = make
    if clients is None:
        fake = FakePromptFiles()
        yield fake, fake.stored.__getitem__
        return
    s3, bucket = clients.s3, clients.bucket
    yield S3PromptFiles(s3, bucket), lambda key: s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def test_a_recording_is_stored_as_it_is(files: Files) -> None:
    prompts, read = files
    prompts.put(KEY, b"RIFF siren")
    prompts.put(KEY, b"RIFF siren")
    assert read(KEY) == b"RIFF siren"


def test_a_recording_is_known_as_sound(engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    S3PromptFiles(clients.s3, clients.bucket).put(KEY, b"RIFF")
    assert clients.s3.head_object(Bucket=clients.bucket, Key=KEY)["ContentType"] == "audio/wav"
