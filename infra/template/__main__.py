"""Writes the generated templates, and the contact flow of Amazon Connect: `make template`."""

from __future__ import annotations

import sys

from infra.build import ROOT
from infra.template.make import Unmakeable, made
from tocsin.adapters.connect.flow import contact_flow_text

if __name__ == "__main__":
    try:
        for path, text in {**made(), "infra/voice-flow.json": contact_flow_text()}.items():
            (ROOT / path).write_text(text)
    except Unmakeable as fault:
        sys.exit(f"tocsin: {fault}")
