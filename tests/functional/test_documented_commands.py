"""The operator's commands that a page shows are commands that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from infra.local.places import ROOT
from infra.operator.command_line import EXAMPLES, main
from infra.operator.context import OperatorContext

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


class Understood(Exception):
    """The command line is right; what would come next is AWS."""


def _find(stack: str, region: str | None, endpoint_url: str | None) -> OperatorContext:
    raise Understood


def documented() -> Iterator[str]:
    """Yield every whole command of the pages' blocks and of `--help`."""
    blocks = [EXAMPLES]
    for page in PAGES:
        blocks += re.findall(r"^```\w*\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    for block in blocks:
        for command in re.findall(r"python -m infra\.operate (.+)", block.replace("\\\n", " ")):
            yield command.replace("--local", "--stack tocsin")  # it looks for a running engine


@pytest.mark.parametrize("command", sorted(set(documented())))
def test_a_command_of_a_page_can_be_typed(command: str) -> None:
    with pytest.raises(Understood):
        main(shlex.split(command, comments=True), _find)


def test_there_are_such_commands() -> None:
    assert len(set(documented())) > 15
