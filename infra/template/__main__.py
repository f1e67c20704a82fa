"""Writes the generated templates, and the contact flow of Amazon Connect: `make template`."""

from __future__ import annotations

import sys

from infra.build import ROOT
from infra.template.make import Unmakeable, made

if __name__ == "__main__":
    try:
        for path, text in made().items():
            (ROOT / path).write_text(text)
    except Unmakeable as fault:
        sys.exit(f"tocsin: {fault}")
