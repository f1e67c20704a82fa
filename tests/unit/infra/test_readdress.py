"""A saved state of the engine that starts on another port."""

from __future__ import annotations

from pathlib import Path

from infra.local.engine import _readdress


def test_every_address_in_a_saved_state_moves_to_the_new_port(tmp_path: Path) -> None:
    _readdress(tmp_path, 4566)
    state = tmp_path / "lambda.json"
    state.write_text('["http://127.0.0.1:4566/queue/a", "http://127.0.0.1:4566", "http://127.0.0.1:45660/", "x:4566"]')

    _readdress(tmp_path, 8000)

    assert state.read_text() == (
        '["http://127.0.0.1:8000/queue/a", "http://127.0.0.1:8000", "http://127.0.0.1:45660/", "x:4566"]'
    )
