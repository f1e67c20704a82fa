"""Settings from the environment."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tocsin.entrypoint.process.environment import Environment, EnvironmentIncomplete


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    table_name: str
    page_size: int = 20
    ratio: float = 0.5
    verbose: bool = False


def test_fields_are_read_by_their_names() -> None:
    found = Settings.from_environ({"TABLE_NAME": "core", "PAGE_SIZE": "5", "RATIO": "0.1", "VERBOSE": "true", "X": "y"})

    assert found == Settings("core", 5, 0.1, True)


def test_an_empty_variable_is_an_absent_one() -> None:
    assert Settings.from_environ({"TABLE_NAME": "core", "PAGE_SIZE": ""}).page_size == 20


def test_every_fault_is_told_at_once_and_no_value() -> None:
    with pytest.raises(EnvironmentIncomplete) as raised:
        Settings.from_environ({"PAGE_SIZE": "s3cret", "VERBOSE": "s3cret"})

    assert raised.value.faults == (
        "TABLE_NAME is not set",
        "PAGE_SIZE is not a whole number",
        "VERBOSE is not true or false",
    )
