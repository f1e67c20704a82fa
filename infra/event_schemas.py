"""Writes `docs/events/<type>.json`, the JSON Schema of every type of telephony events: `make docs`."""

from __future__ import annotations

import json
from pathlib import Path

from tocsin.telephony.domain.event_data.schema import event_schema
from tocsin.telephony.domain.vocabulary import TYPES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "events"


def files() -> dict[str, str]:
    """Return the text of each file by its name."""
    return {f"{name}.json": json.dumps(event_schema(type), indent=1) + "\n" for name, type in TYPES.items()}


def main() -> None:
    """Write every schema, and remove those of types that are gone."""
    FOLDER.mkdir(exist_ok=True)
    made = files()
    for path in FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
