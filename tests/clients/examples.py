"""The examples of the clients' READMEs, as programs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from infra.local.places import ROOT
from tests.clients.node import node

CLIENTS = ROOT / "clients"
LANGUAGES = {"python": "python", "javascript": "js"}
"""Folder, and the word behind the fence of a code block."""


def program(language: str, number: int, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Write an example into a folder, as its reader would. Returns the command, and its environment."""
    readme = (CLIENTS / language / "README.md").read_text()
    example = re.findall(rf"^```{LANGUAGES[language]}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[number]
    if language == "python":
        (folder / "example.py").write_text(example)
        return [sys.executable, "-W", "error", str(folder / "example.py")], {"PYTHONPATH": str(CLIENTS / "python")}
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "tocsin-client").symlink_to(CLIENTS / "javascript")
    (folder / "example.mjs").write_text(example)
    return [node(), str(folder / "example.mjs")], {}
